// One question at a time: conditional, paced by the server, silent while nobody looks, patient when the network is gone.

const TIMEOUT_MS = 15_000;
const LONGEST_WAIT_S = 120;

/**
 * @typedef {object} Conversation
 * @property {string} url
 * @property {string} etag of the state that the page shows
 * @property {number | null} pollAfterS
 * @property {(state: PolledState) => void} onState
 * @property {(serverNow: string | null, failuresBefore: number) => void} onAnswer
 * @property {(failures: number) => void} onTrouble
 * @property {() => void} onGone
 */

/** @typedef {{ poll_after_s: number | null }} PolledState any state that says when to ask again */

class Refused extends Error {
  /**
   * @param {number} status
   * @param {number} retryAfterS 0 when the server did not say
   */
  constructor(status, retryAfterS) {
    super(`status ${status}`);
    this.retryAfterS = retryAfterS;
  }
}

/**
 * Ask `url` for the state until it says that there is no more to come (`poll_after_s` null).
 * `onAnswer` gets the server's instant with every answer, changed or not, and how many questions before it had none;
 * `onGone` means that the link has ended.
 * @param {Conversation} conversation
 */
export function startPolling({ url, etag, pollAfterS, onState, onAnswer, onTrouble, onGone }) {
  /** @type {string | null} */
  let knownTag = etag;
  let waitS = pollAfterS;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isAsking = false;

  async function ask() {
    if (isAsking || waitS === null) return;
    isAsking = true;
    clearTimeout(timer);
    /** @type {number | null} */
    let pauseS;
    try {
      pauseS = await askOnce();
      failures = 0;
    } catch (error) {
      failures += 1;
      onTrouble(failures);
      pauseS = backOff(waitS ?? LONGEST_WAIT_S, failures, error instanceof Refused ? error.retryAfterS : 0);
    } finally {
      isAsking = false;
    }
    schedule(pauseS);
  }

  /** @returns {Promise<number | null>} seconds until the next question, null for no more */
  async function askOnce() {
    const response = await fetch(url, {
      headers: knownTag ? { "If-None-Match": knownTag } : {},
      cache: "no-store",
      signal: timeout(TIMEOUT_MS),
    });
    if (response.status === 404) {
      onGone();
      return null;
    }
    if (response.status === 200 || response.status === 304) {
      knownTag = response.headers.get("ETag") ?? knownTag; // the same state may be made of newer versions
    }
    if (response.status === 200) {
      const state = await response.json();
      waitS = state.poll_after_s;
      onState(state);
    } else if (response.status !== 304) {
      throw new Refused(response.status, Number(response.headers.get("Retry-After")) || 0);
    }
    onAnswer(response.headers.get("X-Server-Now"), failures);
    return waitS;
  }

  /** @param {number | null} pauseS */
  function schedule(pauseS) {
    if (pauseS === null || document.hidden) return;
    timer = setTimeout(ask, pauseS * 1000);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  window.addEventListener("online", ask);
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  schedule(waitS);
}

/**
 * Seconds to wait after so many failures in a row: doubling, spread by ±20 %, never sooner than the server asks.
 * @param {number} waitS
 * @param {number} failures
 * @param {number} retryAfterS
 * @param {number} random from 0 to 1
 */
export function backOff(waitS, failures, retryAfterS = 0, random = Math.random()) {
  const doubled = Math.min(LONGEST_WAIT_S, waitS * 2 ** (failures - 1));
  return Math.max(retryAfterS || 0, doubled * (0.8 + 0.4 * random));
}

/** @param {number} ms */
function timeout(ms) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}
