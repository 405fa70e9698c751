// The one poll of the console: every ten seconds, silent while nobody looks, with the age of what is shown.

import { Problem } from "./api.js";
import { ageWords, vansOf } from "./fleet.js";

const USUAL_S = 10;
const OLD_S = 30;

/** @typedef {{ live: any, vans: import("./fleet.js").VanNow[], at: number }} Seen */

/**
 * @param {import("./shell.js").Console} console_
 * @param {{ age: HTMLElement, onSeen: (seen: Seen) => void }} around
 */
export function startPoll({ api }, { age, onSeen }) {
  let roster = "";
  let etag = "";
  /** @type {any[]} */
  let routes = [];
  /** @type {number | null} */
  let madeAt = null;
  /** Server time less this browser's. */
  let ahead = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isAsking = false;

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    let waitS = USUAL_S;
    try {
      const answer = await api.ask("GET", "/v1/live", { query: { roster }, known: etag });
      const now = answer.headers.get("X-Server-Now");
      if (now) ahead = Date.parse(now) - Date.now();
      if (answer.data) {
        const live = answer.data;
        routes = live.routes ?? routes;
        ({ roster } = live);
        etag = answer.etag;
        madeAt = Date.parse(live.as_of);
        waitS = live.next_poll_s;
        onSeen({ live, vans: vansOf({ ...live, routes }), at: madeAt });
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    } finally {
      isAsking = false;
      showAge();
      if (!document.hidden) timer = setTimeout(ask, waitS * 1000);
    }
  }

  function showAge() {
    if (madeAt === null) return;
    const seconds = Math.max(0, (Date.now() + ahead - madeAt) / 1000);
    const isOld = seconds > OLD_S;
    age.textContent = isOld ? `${ageWords(seconds)} old: not to be trusted` : `${ageWords(seconds)} old`;
    age.classList.toggle("stale", isOld);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  setInterval(showAge, 5_000);
  ask();
  return { ask, now: () => Date.now() + ahead };
}
