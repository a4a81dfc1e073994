// Adds passkeys and signs in with them (Web Authentication Level 3). A form that needs them has "create" or "get" in
// data-passkey. It stays hidden until passkeys are known to work: in this browser, at the one origin that they are for.

const isPossible = (form) =>
  window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined &&
  location.origin === form.dataset.origin;

/** Returns the challenge to sign. An answer without a message means that the page itself is out of date. */
async function askServer(form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.options, { method: "POST", body });
  const said = answer.redirected ? null : await answer.json().catch(() => null);
  if (answer.ok && said) return said;
  throw new Error(said?.message ?? "Something went wrong. Reload the page and try again.");
}

/**
 * Serialises field by field, because toJSON() fails for credentials of password managers that replace the browser's.
 */
function describe({ id, response }) {
  const bytes = (buffer) =>
    buffer &&
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  return JSON.stringify({
    id,
    response: {
      clientDataJSON: bytes(response.clientDataJSON),
      attestationObject: bytes(response.attestationObject),
      transports: response.getTransports?.(),
      authenticatorData: bytes(response.authenticatorData),
      signature: bytes(response.signature),
      userHandle: bytes(response.userHandle),
    },
  });
}

let underWay = new AbortController();

/** Asks the authenticator, then sends the form with its answer. Ends a run that is still under way. */
async function run(form, mediation) {
  underWay.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  const options = await askServer(form);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
          signal,
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
          signal,
          mediation,
        });
  form.elements.credential.value = describe(credential);
  form.submit();
}

function explain({ name, message }, form) {
  if (name === "AbortError") return "";
  if (name === "InvalidStateError") return "This device already has a passkey for your account.";
  if (name === "NotAllowedError" && form.dataset.passkey === "create")
    return "No passkey was added: you cancelled, or it took too long.";
  if (name === "NotAllowedError")
    return "You are not signed in: you cancelled, it took too long, or this device has no passkey for Sayso.";
  return message;
}

/**
 * Offers passkeys in the autofill of the e-mail field. A challenge lives five minutes, so a return to the page gets a
 * new one.
 */
async function offerInAutofill(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return () => {};
  let offeredAt = -Infinity;
  const offer = () => {
    offeredAt = performance.now();
    // The person hasn't asked for this yet, so its error stays hidden.
    run(form, "conditional").catch(() => {});
  };
  addEventListener("focus", () => {
    if (performance.now() - offeredAt > 240_000) offer();
  });
  offer();
  return offer;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!isPossible(form)) continue;
  const complaint = form.querySelector("[role=alert]");
  let offerAgain = () => {};
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complaint.textContent = "";
    try {
      await run(form);
    } catch (error) {
      complaint.textContent = explain(error, form);
      if (error.name !== "AbortError") offerAgain();
    }
  });
  form.hidden = false;
  for (const other of document.querySelectorAll("[data-without-passkeys]")) other.hidden = true;
  if (form.dataset.passkey === "get") offerAgain = await offerInAutofill(form);
}
