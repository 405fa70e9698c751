// The thread without a reload: a message is sent in place, news are fetched when the state says that there are some, and
// what was on screen is told as read. The page itself is the only source: its section is taken out of a fresh copy.

const SECTION = "thread";

const section = () => document.getElementById(SECTION);

/** @param {Response} answer */
async function freshSection(answer) {
  const fresh = answer.ok
    ? // eslint-disable-next-line no-restricted-properties -- our own page, in which all that people wrote is escaped
      new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(SECTION)
    : null;
  if (!fresh) throw new Error(`no thread: ${answer.status}`);
  return document.importNode(fresh, true);
}

/**
 * Put the thread of a fresh page in place of the shown one.
 * @param {HTMLElement} shown
 * @param {HTMLElement} fresh
 * @param {boolean} keepText whether what is being written stays
 */
function replace(shown, fresh, keepText) {
  const before = shown.querySelector("textarea");
  const after = fresh.querySelector("textarea");
  const hadFocus = before !== null && before === document.activeElement;
  if (before && after && keepText) after.value = before.value;
  shown.replaceWith(fresh);
  if (hadFocus) after?.focus();
}

/**
 * @param {(sentence: string) => void} announce
 * @returns {{ show: (count: number) => void }} brings the thread up to date with the number that the state tells
 */
export function createTalk(announce) {
  let isBusy = false;
  let seen = "";

  function tellSeen() {
    const newest = section()?.dataset.newest ?? "";
    if (!newest || newest === seen || document.visibilityState !== "visible") return;
    seen = newest;
    const body = new URLSearchParams({ message_id: newest });
    fetch(`${location.pathname}/messages/seen`, { method: "POST", body }).catch(() => {
      seen = "";
    });
  }

  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) tellSeen();
  });

  function watch() {
    const found = section();
    if (!found) return;
    watcher.disconnect();
    const newest = found.querySelector(".talk-lines > :last-child");
    if (newest) watcher.observe(newest);
    found.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      send(form, /** @type {HTMLButtonElement | null} */ (event.submitter));
    });
  }

  /**
   * @param {Promise<Response>} answering
   * @param {boolean} keepText
   */
  async function bring(answering, keepText) {
    const fresh = await freshSection(await answering);
    const shown = section();
    if (shown) replace(shown, fresh, keepText);
    watch();
    const notice = fresh.querySelector("#talk-notice")?.textContent;
    if (notice) announce(notice);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement | null} button
   */
  async function send(form, button) {
    if (isBusy) return;
    isBusy = true;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    if (button?.name) body.append(button.name, button.value);
    try {
      await bring(fetch(form.action, { method: "POST", body }), Boolean(button?.name));
    } catch {
      form.submit(); // the browser says what is wrong
    } finally {
      isBusy = false;
    }
  }

  watch();
  return {
    show(count) {
      const found = section();
      if (isBusy || (found ? Number(found.dataset.count) === count : count === 0)) return;
      if (!found) {
        location.reload();
        return;
      }
      isBusy = true;
      const url = new URL(location.href);
      url.searchParams.delete("said");
      bring(fetch(url), true)
        .catch(() => undefined) // the next state brings it again
        .finally(() => {
          isBusy = false;
        });
    },
  };
}
