// What screen readers are told: only real changes, and at most one every half minute. The latest wins.

const PAUSE_MS = 30_000;

/**
 * A function that speaks through a role=status element.
 * @param {HTMLElement} element
 * @returns {(text: string) => void}
 */
export function createAnnouncer(element) {
  let spokenAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return function announce(text) {
    clearTimeout(timer);
    const waitMs = Math.max(0, spokenAt + PAUSE_MS - performance.now());
    timer = setTimeout(() => {
      spokenAt = performance.now();
      element.textContent = text;
    }, waitMs);
  };
}
