// The tracking page, alive: asks for the state as often as the server says, shows it in place, and brings in the map
// when there is something on it and the browser has time. Without this script the page is complete, only still.
import { ageInWords } from "../shared/ages.js";
import { createAnnouncer } from "../shared/announcer.js";
import { bind } from "../shared/bindings.js";
import { byId, pageData } from "../shared/elements.js";
import { startPolling } from "../shared/polling.js";
import { createShare } from "./share.js";
import { createTalk } from "./talk.js";

/** @import { TrackingMap } from "./map.js" */
/** @import { PageData, State } from "./state.js" */

const page = /** @type {PageData} */ (pageData("page-data"));
const announce = createAnnouncer(byId("announcement"));
const connection = byId("connection");
const fault = byId("fault");
const talk = createTalk(announce);
createShare(announce);

let state = page.state;
/** @type {TrackingMap | null} */
let map = null;
let mapIsWanted = false;

/** @param {() => void} task */
function whenIdle(task) {
  if ("requestIdleCallback" in window) {
    requestIdleCallback(task, { timeout: 2000 });
  } else {
    setTimeout(task, 200);
  }
}

/** @type {Promise<unknown> | undefined} */
let styles;

function loadMapStyles() {
  return (styles ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = page.map_css;
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  }));
}

/** A point on the map for another address: its map comes when the form is opened. */
function offerPlace() {
  const part = /** @type {HTMLFieldSetElement | null} */ (document.getElementById("place"));
  const form = part?.closest("details");
  const start = page.state.destination;
  if (!part || !form || !start) return;
  byId("address").hidden = false;
  const bring = async () => {
    if (!form.open || !part.hidden) return;
    const [{ createPlace }] = await Promise.all([import("./place.js"), loadMapStyles()]);
    if (part.hidden) createPlace(part, page.ground, start);
  };
  const bringIt = () => bring().catch(() => {}); // without a map the address is looked up
  form.addEventListener("toggle", bringIt);
  bringIt();
}

async function bringMap() {
  try {
    const [{ createMap }] = await Promise.all([import("./map.js"), loadMapStyles()]);
    if (state.words.map.is_shown) {
      map = createMap({ frame: byId("map-canvas"), bar: byId("map-bar"), ground: page.ground, state });
    } else {
      mapIsWanted = false;
    }
  } catch {
    byId("map").classList.add("is-broken");
    byId("attribution").hidden = true;
    byId("map-failed").hidden = false;
  }
}

function showMap() {
  if (!state.words.map.is_shown) {
    map?.clear();
  } else if (map) {
    map.show(state);
  } else if (!mapIsWanted) {
    mapIsWanted = true;
    whenIdle(bringMap);
  }
}

/** @param {State} next */
function show(next) {
  // Pictures come from another host, which the policy of a page without pictures does not let through.
  if (next.words.ending?.pictures.length && !page.has_proofs) {
    window.location.reload();
    return;
  }
  if (next.words.announcement !== state.words.announcement) announce(next.words.announcement);
  state = next;
  bind(document.documentElement, state);
  talk.show(state.messages);
  showMap();
  fault.hidden = true;
}

/**
 * Tell how old the position is, counted from the server's instant.
 * @param {string | null} serverNow
 */
function showAge(serverNow) {
  const { seen } = state.words;
  if (!seen || !serverNow) return;
  const sinceS = (Date.parse(serverNow) - Date.parse(state.server_now)) / 1000;
  seen.text = ageInWords(seen.forms, seen.age_s + Math.max(0, sinceS));
  bind(byId("seen"), state);
}

/** @param {boolean} isLost */
function showConnection(isLost) {
  connection.hidden = !isLost;
  document.body.classList.toggle("is-offline", isLost);
}

startPolling({
  url: page.state_url,
  etag: page.etag,
  pollAfterS: state.poll_after_s,
  onState: (next) => show(/** @type {State} */ (next)),
  onAnswer(serverNow, failuresBefore) {
    if (failuresBefore) announce(state.words.announcement);
    showConnection(false);
    map?.setLive(true);
    showAge(serverNow);
  },
  onTrouble(failures) {
    showConnection(true);
    if (failures === 1) announce(connection.textContent);
    if (failures > 1) map?.setLive(false);
  },
  onFault(error) {
    showConnection(false);
    if (fault.hidden) announce(fault.textContent);
    fault.hidden = false;
    setTimeout(() => {
      throw error; // into the browser's log, like any mistake that nothing catches
    });
  },
  onGone() {
    window.location.reload();
  },
});
showMap();
offerPlace();
