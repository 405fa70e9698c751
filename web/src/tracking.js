// The tracking page, alive: asks for the state as often as the server says, shows it in place, and brings in the map
// when there is something on it and the browser has time. Without this script the page is complete, only still.
import { createAnnouncer } from "./announcer.js";
import { startPolling } from "./polling.js";
import { showAge, showConnection, showState } from "./view.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const announce = createAnnouncer(document.getElementById("announcement"));

let state = page.state;
let map = null;
let mapIsWanted = false;

function whenIdle(task) {
  if ("requestIdleCallback" in window) {
    requestIdleCallback(task, { timeout: 2000 });
  } else {
    setTimeout(task, 200);
  }
}

function loadMapStyles() {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = page.map_css;
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  });
}

async function bringMap() {
  try {
    const [{ createMap }] = await Promise.all([import("./map.js"), loadMapStyles()]);
    if (state.words.map.is_shown) {
      map = createMap(page.ground, state);
    } else {
      mapIsWanted = false;
    }
  } catch {
    document.getElementById("map").classList.add("is-broken");
    document.getElementById("attribution").textContent = page.phrases["map.failed"];
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

function show(next) {
  // Pictures come from another host, which the policy of a page without pictures does not let through.
  if (next.words.ending?.pictures.length && !page.has_proofs) {
    window.location.reload();
    return;
  }
  if (next.words.announcement !== state.words.announcement) announce(next.words.announcement);
  state = next;
  showState(state, page.proof_base);
  showMap();
}

startPolling({
  url: page.state_url,
  etag: page.etag,
  pollAfterS: state.poll_after_s,
  onState: show,
  onAnswer(serverNow, failuresBefore) {
    if (failuresBefore) announce(state.words.announcement);
    showConnection(null);
    map?.setLive(true);
    showAge(state, serverNow);
  },
  onTrouble(failures) {
    showConnection(page.phrases["page.offline"]);
    if (failures === 1) announce(page.phrases["page.offline"]);
    if (failures > 1) map?.setLive(false);
  },
  onGone() {
    window.location.reload();
  },
});
showMap();
