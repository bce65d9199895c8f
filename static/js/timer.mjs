// Counts down what the page already says in words. Without it the deadline stands as text.
// Spoken at most four times, whatever the length of the window: 5, 2 and 1 minutes before the end, and at the end.
const SPOKEN = [300, 120, 60, 0];

const two = (n) => String(n).padStart(2, "0");

function run(box) {
  const clock = box.querySelector("[data-clock]");
  const say = box.querySelector("[data-say]");
  // The server's clock counts: only the difference of its two times is used.
  const total = (Date.parse(box.dataset.ends) - Date.parse(box.dataset.now)) / 1000;
  const started = performance.now();
  let left = total;
  let pending = SPOKEN.filter((at) => at < total);

  const words = (seconds) => {
    const minutes = Math.ceil(seconds / 60);
    return `${box.dataset.left} ${minutes} ${minutes === 1 ? box.dataset.minute : box.dataset.minutes}`;
  };

  const tick = () => {
    left = Math.max(0, Math.ceil(total - (performance.now() - started) / 1000));
    clock.textContent = left ? `${box.dataset.left} ${two(Math.floor(left / 60))}:${two(left % 60)}` : box.dataset.over;
    box.classList.toggle("late", left <= 120);
    const due = pending.filter((at) => left <= at);
    if (due.length) {
      pending = pending.filter((at) => left > at);
      say.textContent = left ? words(left) : box.dataset.over;
    }
    if (!left) clearInterval(timer);
  };

  box.querySelector("[data-fallback]").hidden = true;
  clock.hidden = false;
  const timer = setInterval(tick, 1000);
  tick();
}

document.querySelectorAll("[data-timer]").forEach(run);
