// Looks at a photo when it is chosen, measuring as closure/evidence/basics.py does, and sends it without leaving the
// page, so that one that a check refuses stays chosen. Without it the form sends it, and the server looks.
const PREVIEW = 240;
const rules = (input) => JSON.parse(input.dataset.check);
const within = (value, most) => Math.min(1, most / value);

// What is drawn stays in this page: no address is made of it, and nothing is sent.
function draw(canvas, bitmap, side) {
  const scale = within(Math.max(bitmap.width, bitmap.height), side);
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return pen;
}

function grayOf(bitmap, side) {
  const pen = draw(document.createElement("canvas"), bitmap, side);
  const { width, height } = pen.canvas;
  const { data } = pen.getImageData(0, 0, width, height);
  const at = new Uint8Array(width * height);
  for (let i = 0; i < at.length; i += 1) {
    at[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2] + 0.5;
  }
  return { at, width, height };
}

// Under which gray this share of the pixels lies.
function level({ at }, share) {
  const counts = new Uint32Array(256);
  for (const value of at) counts[value] += 1;
  let left = share * at.length;
  return counts.findIndex((count) => (left -= count) <= 0);
}

// The share of squares of eight pixels that are white through and through.
function whiteness({ at, width, height }, from) {
  let white = 0;
  let all = 0;
  for (let top = 0; top + 8 <= height; top += 8) {
    for (let left = 0; left + 8 <= width; left += 8) {
      all += 1;
      white += 1;
      for (let i = 0; i < 64; i += 1) {
        if (at[(top + (i >> 3)) * width + left + (i & 7)] < from) {
          white -= 1;
          break;
        }
      }
    }
  }
  return all ? white / all : 0;
}

function smooth({ at, width, height }, radius) {
  const weights = [-3, -2, -1, 0, 1, 2, 3].map((far) => Math.exp(-(far ** 2) / (2 * radius ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight);
  const along = (from, step, index, length) => {
    const to = new Float32Array(from.length);
    for (let i = 0; i < from.length; i += 1) {
      const here = index(i);
      let sum = 0;
      for (let far = -3; far <= 3; far += 1) {
        const place = Math.min(length - 1, Math.max(0, here + far));
        sum += weights[far + 3] * from[i + (place - here) * step];
      }
      to[i] = sum / total;
    }
    return to;
  };
  const across = along(at, 1, (i) => i % width, width);
  return { at: along(across, width, (i) => Math.floor(i / width), height), width, height };
}

// How steep the steepest steps in the middle are, as a share of the contrast around them; the third best tile counts.
function sharpness(gray, { tiles, leastContrast }) {
  const { at, width } = smooth(gray, 1.2);
  const [wide, high] = [Math.floor(gray.width / tiles), Math.floor(gray.height / tiles)];
  const found = [0, 0, 0];
  for (let tile = 0; tile < (tiles - 2) ** 2; tile += 1) {
    const [left, top] = [(1 + (tile % (tiles - 2))) * wide, (1 + Math.floor(tile / (tiles - 2))) * high];
    let [low, most, step] = [255, 0, 0];
    for (let y = top; y < top + high; y += 1) {
      for (let x = left; x < left + wide; x += 1) {
        const i = y * width + x;
        low = Math.min(low, at[i]);
        most = Math.max(most, at[i]);
        step = Math.max(step, Math.abs(at[i + 1] - at[i - 1]) / 2, Math.abs(at[i + width] - at[i - width]) / 2);
      }
    }
    if (most - low >= leastContrast) found.push(step / (most - low));
  }
  return found.sort((a, b) => a - b).at(-3);
}

// The share of pixels that equal their neighbors to the right and below.
function flatness({ at, width, height }) {
  let flat = 0;
  for (let y = 0; y < height - 1; y += 1) {
    for (let x = 0, i = y * width; x < width - 1; x += 1, i += 1) flat += at[i] === at[i + 1] && at[i] === at[i + width];
  }
  return flat / ((width - 1) * (height - 1));
}

// The share of lines of one color from side to side: rows, or columns.
function plainness({ at, width, height }, spread) {
  const plain = (lines, length, step, stride) => {
    let found = 0;
    let all = 0;
    for (let line = 0; line < lines; line += 4) {
      let [low, most] = [255, 0];
      for (let i = 0; i < length; i += 1) {
        const value = at[line * stride + i * step];
        low = Math.min(low, value);
        most = Math.max(most, value);
      }
      all += 1;
      found += most - low <= spread;
    }
    return found / all;
  };
  return Math.max(plain(height, width, 1, width), plain(width, height, width, 1));
}

function faults(bitmap, limits) {
  const found = Math.min(bitmap.width, bitmap.height) < limits.leastSide ? ["too_small"] : [];
  const gray = grayOf(bitmap, limits.lookSide);
  const white = whiteness(gray, limits.whiteFrom);
  if (level(gray, 0.9) < limits.darkBelow) found.push("dark");
  else if (white > limits.brightShare) found.push("bright");
  if (sharpness(gray, limits) < limits.sharpFrom) found.push("blurred");
  if (limits.glareShare !== null && white > limits.glareShare) found.push("glare");
  if (flatness(gray) > limits.flatShare || plainness(gray, limits.plainSpread) > limits.plainShare) found.push("screenshot");
  return found;
}

function tell(form, tone, ...texts) {
  const text = Object.assign(document.createElement("p"), { textContent: texts.join(" ") });
  const notice = Object.assign(document.createElement("div"), { className: `notice tone-${tone}` });
  notice.append(text);
  form.querySelector("[data-look]").replaceChildren(...(tone ? [notice] : []));
}

async function look(input) {
  const { form, files: [file] } = input;
  const preview = form.querySelector("[data-preview]");
  const { words, ...limits } = rules(input);
  preview.hidden = true;
  tell(form, "");
  if (!file) return;
  if (file.size > limits.mostBytes) return tell(form, "warn", words.file_too_large);
  const bitmap = await createImageBitmap(file).catch(() => null);
  // Another one was chosen meanwhile: that one is looked at.
  if (input.files[0] !== file) return bitmap?.close();
  if (!bitmap) return tell(form, "info", words.unread, words.again);
  draw(preview, bitmap, PREVIEW);
  preview.hidden = false;
  const found = faults(bitmap, limits);
  bitmap.close();
  if (found.length) tell(form, "warn", ...found.map((fault) => words[fault]), words.again);
  else tell(form, "ok", words.fine, words.again);
}

function say(box, what) {
  box.hidden = false;
  box.textContent = box.dataset[what];
}

async function send(form, submitter) {
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector("[data-working]");
  if (input.files[0]?.size > rules(input).mostBytes) return say(box, "tooLarge");
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
  const preview = input.form.querySelector("[data-preview]");
  document.title = page.title;
  document.querySelector("main").replaceWith(fresh);
  if (answer.redirected) {
    history.pushState(null, "", answer.url);
    scrollTo(0, 0);
    fresh.focus();
    return;
  }
  // Refused: the photo is still there, to be sent all the same; what the server found counts now.
  const again = document.getElementById(input.id);
  if (again) {
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (again.hasAttribute(name)) input.setAttribute(name, again.getAttribute(name));
      else input.removeAttribute(name);
    }
    again.form.querySelector("[data-preview]").replaceWith(preview);
    again.replaceWith(input);
  }
  (document.getElementById("problems") ?? fresh).focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-photo]");
  if (!form) return;
  event.preventDefault();
  send(form, event.submitter);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[data-check]")) look(event.target);
});
addEventListener("popstate", () => location.reload());
