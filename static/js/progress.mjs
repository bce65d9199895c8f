// Looks again by itself, so that nobody has to press "Look again". Without it that link does the same.
const EACH = 2000;
// A page that was forgotten stops asking.
const MOST = 600;

const box = document.querySelector("[data-progress]");
const say = document.querySelector("[data-progress-say]");
let left = MOST;

const stateOf = (part) => part.querySelector("[data-state]").textContent.trim();

async function look() {
  left -= 1;
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-progress]");
  if (!fresh) return location.reload();
  const before = stateOf(box);
  const underWay = fresh.hasAttribute("data-under-way");
  const hadFocus = box.contains(document.activeElement);
  box.replaceChildren(...fresh.childNodes);
  if (hadFocus) box.querySelector("a, button").focus();
  // Only a new state is spoken: lines that grow would never be silent.
  if (stateOf(box) !== before) say.textContent = stateOf(box);
  if (left && underWay) setTimeout(again, EACH);
}

// A network that is away for a moment is asked again.
const again = () => look().catch(() => left && setTimeout(again, EACH));

if (box && say) setTimeout(again, EACH);
