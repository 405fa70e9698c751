// The link to share: the phone's own sheet where there is one, else a copy. Without this script it is text to copy.

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

/** @param {(sentence: string) => void} announce */
export function createShare(announce) {
  const link = /** @type {HTMLInputElement | null} */ (document.getElementById("share-link"));
  if (!link) return;
  const send = button("share-send");
  const copy = button("share-copy");
  const bar = send.parentElement;
  if (bar) bar.hidden = false;
  send.hidden = !("share" in navigator);
  send.addEventListener("click", () => {
    navigator.share({ title: send.dataset.title ?? "", url: link.value }).catch(() => undefined); // closed again
  });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = copy.dataset.done ?? "";
      announce(copy.textContent);
    } catch {
      link.select(); // a browser that does not let us: the reader copies
    }
  });
}
