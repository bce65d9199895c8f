// Sends a photo without leaving the page, so that one that a check refuses stays chosen. Without it the form does it.
const find = (at) => at.closest?.("form[data-photo]");

function say(box, what) {
  box.hidden = false;
  box.textContent = box.dataset[what];
}

async function send(form, submitter) {
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-working]");
  if (input.files[0]?.size > Number(input.dataset.most)) return say(box, "tooLarge");
  const body = new FormData(form, submitter);
  say(box, "sending");
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    const answer = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer, input);
  } catch {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    say(box, "failed");
  }
}

function show(page, answer, input) {
  const fresh = page.querySelector("main");
  document.title = page.title;
  document.querySelector("main").replaceWith(fresh);
  if (answer.redirected) {
    history.pushState(null, "", answer.url);
    scrollTo(0, 0);
    fresh.focus();
    return;
  }
  // Refused: the photo is still there, to be sent all the same.
  const again = document.getElementById(input.id);
  if (again) {
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (again.hasAttribute(name)) input.setAttribute(name, again.getAttribute(name));
      else input.removeAttribute(name);
    }
    again.replaceWith(input);
  }
  (document.getElementById("problems") ?? fresh).focus();
}

document.addEventListener("submit", (event) => {
  const form = find(event.target);
  if (!form) return;
  event.preventDefault();
  send(form, event.submitter);
});
addEventListener("popstate", () => location.reload());
