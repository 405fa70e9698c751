// What every view of the console begins with: who asks, which hub, the API, and the frame around the view.
//
//   const { api, page, times, toast, fail } = openConsole();

import { byId, pageData } from "../shared/elements.js";
import { createApi, Problem } from "./api.js";
import { createDoor } from "./door.js";
import { timesIn } from "./times.js";

const TOAST_MS = 6_000;
const YEAR_S = 31_536_000;

/**
 * @typedef {object} Page
 * @property {string} base
 * @property {{ id: string, name: string, role: "shipper" | "dispatcher" | "manager" | "admin" }} me
 * @property {string | null} shipperId whose goods a shipper's member sees
 * @property {{ id: string, name: string, timeZone: string } | null} hub the hub that was chosen; null for shippers
 * @property {any} [more] and what the view has put beside it
 */

export function openConsole() {
  const page = /** @type {Page & Record<string, any>} */ (pageData("page-data"));
  const times = timesIn(page.hub?.timeZone);
  const offline = byId("offline");
  let heardAt = Date.now();

  const signIn = createDoor({
    base: page.base,
    memberId: page.me.id,
    dialog: /** @type {HTMLDialogElement} */ (byId("door")),
    form: /** @type {HTMLFormElement} */ (byId("door-form")),
    said: byId("door-said"),
    check: /** @type {HTMLButtonElement} */ (byId("door-check")),
  });

  /** @param {boolean} isOnline */
  function onLine(isOnline) {
    if (isOnline) heardAt = Date.now();
    offline.hidden = isOnline;
    if (!isOnline) offline.textContent = `No connection. What you see is of ${times.time(new Date(heardAt))}.`;
  }

  const api = createApi(page.base, { signIn, onLine });
  keepClock(times);
  chooseHub(page.base);
  closeMenus();
  window.addEventListener("offline", () => onLine(false));
  window.addEventListener("online", () => onLine(true));

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let toastTimer;
  /** Say for a moment that something was done. @param {string} words */
  function toast(words) {
    byId("toast").textContent = words;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => (byId("toast").textContent = ""), TOAST_MS);
  }

  /**
   * The words of what has failed; a mistake of the page itself is thrown on.
   * @param {unknown} error
   * @returns {string}
   */
  function fail(error) {
    if (error instanceof Problem) return error.words;
    throw error;
  }

  return { api, page, times, toast, fail };
}

/** @typedef {ReturnType<typeof openConsole>} Console */

/** @param {import("./times.js").Times} times */
function keepClock(times) {
  const tick = () => {
    const now = new Date();
    byId("clock").textContent = `${times.day(now)} ${times.time(now)}`;
    byId("zone").textContent = times.zoneName(now);
    setTimeout(tick, 60_000 - (now.getTime() % 60_000) + 50);
  };
  tick();
}

/** @param {string} base */
function chooseHub(base) {
  const select = document.getElementById("hub");
  if (!(select instanceof HTMLSelectElement)) return;
  select.addEventListener("change", () => {
    document.cookie = `doorstep-hub=${select.value}; Path=${base}/console; Max-Age=${YEAR_S}; SameSite=Lax`;
    window.location.reload();
  });
}

/** The menu closes by Escape, and by a press elsewhere. */
function closeMenus() {
  const menu = document.querySelector("details.me");
  if (!(menu instanceof HTMLDetailsElement)) return;
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
