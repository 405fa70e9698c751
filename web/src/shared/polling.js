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
 * @property {(error: unknown) => void} onFault
 * @property {() => void} onGone
 */

/** @typedef {{ poll_after_s: number | null }} PolledState any state that says when to ask again */

/**
 * @typedef {object} Answer
 * @property {PolledState | null} state null when it has not changed
 * @property {string | null} etag
 * @property {string | null} serverNow
 */

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
 * `onTrouble` gets how many questions in a row had no answer; `onGone` means that the link has ended. When the page
 * itself fails over an answer, `onFault` gets the error: the connection is fine. The same state is asked for again.
 * @param {Conversation} conversation
 */
export function startPolling({ url, etag, pollAfterS, onState, onAnswer, onTrouble, onFault, onGone }) {
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
    const pauseS = await answered().then(take, putOff);
    isAsking = false;
    schedule(pauseS);
  }

  /** @returns {Promise<Answer | null>} null when the link has ended */
  async function answered() {
    const response = await fetch(url, {
      headers: knownTag ? { "If-None-Match": knownTag } : {},
      cache: "no-store",
      signal: timeout(TIMEOUT_MS),
    });
    if (response.status === 404) return null;
    if (response.status !== 200 && response.status !== 304) {
      throw new Refused(response.status, Number(response.headers.get("Retry-After")) || 0);
    }
    /** @type {PolledState | null} */
    let state = null;
    if (response.status === 200) {
      state = await response.json();
      if (state?.poll_after_s === undefined) throw new Error("the answer is no state");
    }
    return { state, etag: response.headers.get("ETag"), serverNow: response.headers.get("X-Server-Now") };
  }

  /**
   * @param {unknown} error
   * @returns {number} seconds until the next question
   */
  function putOff(error) {
    failures += 1;
    onTrouble(failures);
    return backOff(waitS ?? LONGEST_WAIT_S, failures, error instanceof Refused ? error.retryAfterS : 0);
  }

  /**
   * Show an answer. What fails in here is the page, not the connection.
   * @param {Answer | null} answer
   * @returns {number | null} seconds until the next question, null for no more
   */
  function take(answer) {
    const failuresBefore = failures;
    failures = 0;
    if (answer === null) {
      onGone();
      return null;
    }
    try {
      if (answer.state) {
        waitS = answer.state.poll_after_s;
        onState(answer.state);
      }
      onAnswer(answer.serverNow, failuresBefore);
      knownTag = answer.etag ?? knownTag; // the same state may be made of newer versions
    } catch (error) {
      onFault(error);
    }
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
