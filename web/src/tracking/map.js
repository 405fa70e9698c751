// The map: the van, the customer's own address, and nothing else. It only repeats what the page says in words, so the
// drawing itself is hidden from screen readers and everything can be done with buttons.
import { LatLngBounds, Map as LeafletMap, Point } from "leaflet/dist/leaflet-src.esm.js";
import { lay } from "./ground.js";
import { longitudeNear } from "./longitudes.js";
import { createVan, homeMarker, photoMarker } from "./markers.js";

/** @import { LatLngTuple, PointTuple } from "leaflet" */
/** @import { Ground, State } from "./state.js" */

const NEAREST_ZOOM = 16;
const PAN_PX = 90;
/** @type {PointTuple} */
const PADDING_PX = [44, 44];

/** @typedef {ReturnType<typeof createMap>} TrackingMap */
/** @typedef {(lonDeg: number) => number} Near a longitude on the side of the 180° line where the address is */

/**
 * A map in `frame` on the ground that the operator chose, showing `state`, moved by the buttons of `bar`. `show` moves it on, `clear` takes the van off it.
 * It is never taken down: Leaflet finishes zooms and drawings on its own time, on panes that would be gone.
 * @param {{ frame: HTMLElement, bar: HTMLElement, ground: Ground, state: State }} parts
 */
export function createMap({ frame, bar, ground, state }) {
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {LatLngTuple | null} */
  const home = state.destination && [state.destination.lat_deg, state.destination.lon_deg];
  const middle = home ?? [state.position?.lat_deg ?? 0, state.position?.lon_deg ?? 0];
  /** @type {Near} */
  const near = (lonDeg) => longitudeNear(lonDeg, middle[1]);
  const map = new LeafletMap(frame, {
    attributionControl: false,
    zoomControl: false,
    keyboard: false, // the buttons below do all of it, and a focusable drawing would say nothing
    scrollWheelZoom: false, // a page is for scrolling …
    dragging: !window.matchMedia("(pointer: coarse)").matches, // … with one finger too; two move the map
    fadeAnimation: !stillness.matches,
    zoomAnimation: !stillness.matches,
    markerZoomAnimation: !stillness.matches,
    zoomSnap: ground.kind === "tiles" ? 1 : 0.25, // tiles blur between whole steps, lines do not
    minZoom: 9,
    maxZoom: 18,
  });
  map.setView(middle, NEAREST_ZOOM - 1);
  lay(ground, map, near).catch(() => {}); // without a ground the van and the address still show
  if (home) homeMarker(home).addTo(map);
  const photo = state.outcome?.place;
  /** @type {LatLngTuple[]} */
  const fixed = home ? [home] : [];
  if (photo) {
    /** @type {LatLngTuple} */
    const at = [photo.lat_deg, near(photo.lon_deg)];
    fixed.push(at);
    photoMarker(at).addTo(map);
    map.fitBounds(new LatLngBounds(fixed), { padding: PADDING_PX, maxZoom: NEAREST_ZOOM + 1, animate: false });
  }
  const van = createVan(map, stillness, near);

  /**
   * Keep van and address in view, keep the van in the middle, or leave it to the reader.
   * @type {"both" | "van" | "free"}
   */
  let mode = photo ? "free" : home ? "both" : "van";
  map.on("dragstart", () => (mode = "free"));
  frame.addEventListener("touchstart", (event) => event.touches.length > 1 && (mode = "free"), { passive: true });
  frame.addEventListener("dblclick", () => (mode = "free"));

  /** @type {Record<string, () => void>} */
  const actions = {
    zoom_in: () => map.zoomIn(),
    zoom_out: () => map.zoomOut(),
    left: () => pan(-PAN_PX, 0),
    right: () => pan(PAN_PX, 0),
    up: () => pan(0, -PAN_PX),
    down: () => pan(0, PAN_PX),
  };

  /**
   * @param {number} x
   * @param {number} y
   */
  function pan(x, y) {
    map.panBy([x, y], { animate: !stillness.matches });
  }

  /** @param {Event} event */
  function onAction(event) {
    const action = /** @type {Element} */ (event.target).closest("button")?.dataset.action;
    if (action === "centre") {
      mode = "van";
      follow();
    } else if (action) {
      mode = "free";
      actions[action]?.();
    }
  }

  function follow() {
    const at = van.target();
    const extent = van.extent();
    const animate = !stillness.matches;
    if (mode === "van" && at) {
      map.setView(at, Math.max(map.getZoom(), NEAREST_ZOOM), { animate });
    } else if (mode === "both" && extent) {
      frameBoth(extent, animate);
    } else if (mode === "both" && home) {
      map.setView(home, NEAREST_ZOOM - 1, { animate });
    }
  }

  /**
   * The picture is changed only when it must be: the van is about to leave it, or it could be much nearer.
   * @param {LatLngBounds} extent where the van may be
   * @param {boolean} animate
   */
  function frameBoth(extent, animate) {
    const both = new LatLngBounds(fixed).extend(extent);
    const zoom = Math.min(map.getBoundsZoom(both, false, new Point(...PADDING_PX).multiplyBy(2)), NEAREST_ZOOM);
    if (map.getBounds().pad(-0.12).contains(both) && zoom <= map.getZoom()) return;
    map.fitBounds(both, { padding: PADDING_PX, maxZoom: NEAREST_ZOOM, animate });
  }

  /** @param {State} next */
  function show(next) {
    map.invalidateSize({ animate: false }); // it may have been hidden meanwhile
    van.moveTo(next.position, next.poll_after_s);
    for (const button of bar.querySelectorAll("button")) {
      button.disabled = button.dataset.action === "centre" && !next.position;
    }
    follow();
  }

  bar.addEventListener("click", onAction);
  show(state);
  return {
    show,
    setLive: van.setLive,
    clear: van.remove,
  };
}
