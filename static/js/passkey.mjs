// Asks the browser for a passkey and sends what it made with the form around it. Without it the other factors serve.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

async function options(box, form) {
  const body = new URLSearchParams({ step_up: box.dataset.stepUp, factor: box.dataset.factor || "" });
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(box.dataset.options, { method: "POST", body, headers: { "X-CSRFToken": token } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return { ...told, challenge: toBytes(told.challenge) };
}

async function make(told) {
  const publicKey = {
    ...told,
    user: { ...told.user, id: toBytes(told.user.id) },
    excludeCredentials: withBytes(told.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    ...head(made),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function use(told) {
  const publicKey = { ...told, allowCredentials: withBytes(told.allowCredentials) };
  const made = await navigator.credentials.get({ publicKey });
  return {
    ...head(made),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      authenticatorData: toText(made.response.authenticatorData),
      signature: toText(made.response.signature),
      userHandle: made.response.userHandle ? toText(made.response.userHandle) : null,
    },
  };
}

const head = (made) => ({
  id: made.id,
  rawId: toText(made.rawId),
  type: made.type,
  authenticatorAttachment: made.authenticatorAttachment ?? null,
  clientExtensionResults: made.getClientExtensionResults(),
});

function ready(box) {
  const form = box.closest("form");
  const button = box.querySelector("[data-passkey-use]");
  const problem = box.querySelector("[data-passkey-problem]");
  if (!window.PublicKeyCredential) return;
  box.querySelector("[data-passkey-without]").hidden = true;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (form.elements.name && !form.reportValidity()) return;
    problem.hidden = true;
    try {
      const told = await options(box, form);
      const made = box.dataset.factor ? await use(told) : await make(told);
      box.querySelector("[data-passkey-made]").value = JSON.stringify(made);
      form.requestSubmit();
    } catch (error) {
      // The browser names its refusals; none of its words are for customers.
      problem.textContent = error instanceof DOMException ? box.dataset.refused : error.message;
      problem.hidden = false;
    }
  });
}

document.querySelectorAll("[data-passkey]").forEach(ready);
