// Signed out while at work: sign in again in place. The page behind the dialog keeps all that was written on it, and what
// was just asked for goes on afterwards.

const CHECK_MS = 3_000;

/**
 * @typedef {object} Door
 * @property {string} base
 * @property {string} memberId who was signed in
 * @property {HTMLDialogElement} dialog
 * @property {HTMLFormElement} form
 * @property {HTMLElement} said
 * @property {HTMLButtonElement} check
 */

/**
 * A function that opens the dialog and resolves when the same member has signed in again, in this browser.
 * Several requests may wait for it at once.
 * @param {Door} door
 */
export function createDoor({ base, memberId, dialog, form, said, check }) {
  /** @type {Promise<void> | null} */
  let waiting = null;
  /** @type {() => void} */
  let go = () => {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  /** @param {string} words @param {"ok" | "late"} kind */
  function say(words, kind) {
    said.textContent = words;
    said.className = `note st-${kind}`;
    said.hidden = false;
  }

  async function look() {
    const response = await fetch(`${base}/v1/me`, { cache: "no-store", credentials: "same-origin" }).catch(() => null);
    if (!response?.ok || !waiting) return;
    const me = await response.json();
    if (me.id !== memberId) {
      say(`${me.name} has signed in here. Copy what you need from this page, then load it again.`, "late");
      return;
    }
    clearInterval(timer);
    waiting = null;
    dialog.close();
    go();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams([["email", String(new FormData(form).get("email") ?? "")]]);
    const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (response?.ok) {
      say(
        "If this address belongs to a member, a link is on its way. Open it in this browser, then come back here.",
        "ok",
      );
    } else if (response?.status === 422) {
      say("Enter an e-mail address, like name@example.com.", "late");
    } else if (response?.status === 429) {
      say("Too many links were asked for from your network. Wait a quarter of an hour.", "late");
    } else {
      say("There is no connection to the server. Try again in a moment.", "late");
    }
    check.hidden = !response?.ok;
  });
  check.addEventListener("click", look);
  dialog.addEventListener("cancel", (event) => event.preventDefault()); // nothing behind it works without a session
  document.addEventListener("visibilitychange", () => !document.hidden && waiting && look());
  window.addEventListener("focus", () => waiting && look());

  return function signIn() {
    waiting ??= new Promise((resolve) => {
      go = resolve;
      said.hidden = true;
      check.hidden = true;
      dialog.showModal();
      clearInterval(timer);
      timer = setInterval(() => !document.hidden && look(), CHECK_MS);
    });
    return waiting;
  };
}
