// Does the sum of the captcha while boxes are ticked. Without it a short wait does the same.
const box = document.querySelector("[data-captcha]");
const say = box.querySelector("[data-captcha-say]");
const form = box.closest("form");
let sum;
let over = false;

// Nothing is loaded or computed before somebody begins: who only reads pays nothing.
const begin = () => {
  sum ??= compute().catch(() => {}).finally(() => { over = true; });
  return sum;
};

function compute() {
  return new Promise((resolve, reject) => {
    const challenge = JSON.parse(box.dataset.challenge);
    const worker = new Worker(box.dataset.worker);
    worker.onerror = reject;
    worker.onmessage = ({ data: solution }) => {
      worker.terminate();
      if (!solution || solution.error) return reject(solution);
      box.querySelector("[data-captcha-answer]").value = btoa(JSON.stringify({ challenge, solution }));
      box.querySelector("[data-captcha-plain]").hidden = true;
      say.textContent = box.dataset.done;
      resolve();
    };
    worker.postMessage({ type: "work", challenge });
  });
}

form.addEventListener("change", begin);
form.addEventListener("submit", async (event) => {
  if (over) return;
  // Pressed before the sum is done: it is sent as soon as it is, or without it where it fails.
  event.preventDefault();
  say.textContent = box.dataset.wait;
  await begin();
  form.requestSubmit(event.submitter);
});
