// A point on a map for another address: the map moves below a cross, by finger, mouse, tap or buttons. Nothing is chosen
// until the reader has moved it. It comes when the form is opened; without it the address is looked up.
import { Map as LeafletMap } from "leaflet/dist/leaflet-src.esm.js";
import { lay } from "./ground.js";
import { longitudeNear } from "./longitudes.js";

/** @import { Ground, Place } from "./state.js" */

const ZOOM = 15;
const STEP_PX = 40;
const DECIMALS = 6; // a tenth of a metre
/** @type {Record<string, [number, number]>} */
const STEPS = { left: [-STEP_PX, 0], right: [STEP_PX, 0], up: [0, -STEP_PX], down: [0, STEP_PX] };

/**
 * @param {HTMLFieldSetElement} part
 * @param {Ground} ground
 * @param {Place} start where the delivery goes now
 */
export function createPlace(part, ground, start) {
  const canvas = /** @type {HTMLElement} */ (part.querySelector("#place-canvas"));
  const said = /** @type {HTMLElement} */ (part.querySelector("#place-said"));
  const forget = /** @type {HTMLButtonElement} */ (part.querySelector("#place-forget"));
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  /** @param {number} lonDeg */
  const near = (lonDeg) => longitudeNear(lonDeg, start.lon_deg);
  part.hidden = false;
  const map = new LeafletMap(canvas, {
    attributionControl: false,
    zoomControl: false,
    keyboard: false, // the buttons do all of it
    scrollWheelZoom: false,
    fadeAnimation: !stillness.matches,
    zoomAnimation: !stillness.matches,
    minZoom: 9,
    maxZoom: 18,
  });
  map.setView([start.lat_deg, start.lon_deg], ZOOM, { animate: false });
  lay(ground, map, near).catch(() => {});

  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement} */ (part.querySelector(`[name=${name}]`));

  /** @param {{ lat: number, lng: number } | null} at */
  function choose(at) {
    field("lat_deg").value = at ? at.lat.toFixed(DECIMALS) : "";
    field("lon_deg").value = at ? (((((at.lng + 180) % 360) + 360) % 360) - 180).toFixed(DECIMALS) : "";
    const words = at ? said.dataset.chosen : said.dataset.free;
    if (said.textContent !== words) said.textContent = words ?? "";
    forget.hidden = !at;
    part.classList.toggle("is-chosen", Boolean(at));
  }

  map.on("drag", () => choose(map.getCenter()));
  map.on("click", ({ latlng }) => {
    map.panTo(latlng, { animate: !stillness.matches });
    choose(latlng);
  });
  part.querySelector("#place-bar")?.addEventListener("click", (event) => {
    const action = /** @type {Element} */ (event.target).closest("button")?.dataset.action ?? "";
    if (action === "zoom_in") map.zoomIn();
    if (action === "zoom_out") map.zoomOut();
    const step = STEPS[action];
    if (!step) return;
    map.panBy(step, { animate: false });
    choose(map.getCenter());
  });
  forget.addEventListener("click", () => {
    map.setView([start.lat_deg, start.lon_deg], ZOOM, { animate: false });
    choose(null);
  });
}
