// The two things on the map, drawn as SVG: no picture files, crisp on every screen, coloured by the style sheet.
import { Circle, DivIcon, LatLng, Marker } from "leaflet/dist/leaflet-src.esm.js";

/** @import { LatLngTuple, Map as LeafletMap } from "leaflet" */
/** @import { Near } from "./map.js" */
/** @import { Position } from "./state.js" */

const LONGEST_GLIDE_MS = 10_000;
const FARTHEST_GLIDE_M = 3_000;

const VAN = `<svg class="van" viewBox="0 0 64 64"><g class="van-heading"><path d="M32-2 43 15H21z"/></g>
<circle class="van-disc" cx="32" cy="32" r="20"/><g class="van-glyph"><path d="M20.5 26h13v12h-13zM33.5 30h5.2l4.8 4.4V38h-10z"/>
<circle cx="26" cy="38.6" r="2.6"/><circle cx="38.4" cy="38.6" r="2.6"/></g></svg>`;
const HOME = `<svg class="home" viewBox="0 0 48 60"><path class="home-pin" d="M24 58C12 43 4 34.500 4 23a20 20 0 0 1 40 0c0 11.500-8 20-20 35z"/>
<path class="home-door" d="M17 32V20.500a7 7 0 0 1 14 0V32z"/><circle class="home-knob" cx="27.500" cy="25.500" r="1.300"/></svg>`;

/**
 * The customer's own door.
 * @param {LatLngTuple} at
 */
export function homeMarker(at) {
  const icon = new DivIcon({ className: "marker-home", html: HOME, iconSize: [40, 50], iconAnchor: [20, 48] });
  return new Marker(at, { icon, interactive: false, keyboard: false });
}

/**
 * Where the photo was taken.
 * @param {LatLngTuple} at
 */
export function photoMarker(at) {
  const icon = new DivIcon({ className: "marker-photo", html: "", iconSize: [22, 22], iconAnchor: [11, 11] });
  return new Marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 500 });
}

/**
 * The van: glides from fix to fix, and is not there when nobody knows where it is. A circle shows how wrong its position may
 * be; it hides behind the van when that is little.
 * @param {LeafletMap} map
 * @param {MediaQueryList} stillness whether the reader wants no motion
 * @param {Near} near
 */
export function createVan(map, stillness, near) {
  const icon = new DivIcon({ className: "marker-van", html: VAN, iconSize: [60, 60], iconAnchor: [30, 30] });
  /** @type {Marker | null} */
  let marker = null;
  /** @type {Circle | null} */
  let error = null;
  /** @type {LatLng | null} */
  let goal = null;
  let recordedAt = -Infinity;
  let frame = 0;

  function remove() {
    cancelAnimationFrame(frame);
    marker?.remove();
    error?.remove();
    marker = null;
    error = null;
    goal = null;
    recordedAt = -Infinity;
  }

  /** @param {LatLng} at */
  function place(at) {
    goal = at;
    marker = new Marker(at, {
      icon,
      interactive: false,
      keyboard: false,
      zIndexOffset: 1000,
    }).addTo(map);
    error = new Circle(at, { className: "van-error", radius: 0, interactive: false }).addTo(map);
  }

  /** @param {LatLng} at */
  function draw(at) {
    marker?.setLatLng(at);
    error?.setLatLng(at);
  }

  /**
   * @param {Marker} van
   * @param {LatLng} to
   * @param {number} durationMs
   */
  function glide(van, to, durationMs) {
    cancelAnimationFrame(frame);
    const from = van.getLatLng();
    goal = to;
    if (durationMs <= 0 || map.distance(from, to) > FARTHEST_GLIDE_M) {
      draw(to);
      return;
    }
    const startedAt = performance.now();
    const step = (/** @type {number} */ at) => {
      const share = Math.min(1, Math.max(0, (at - startedAt) / durationMs));
      draw(new LatLng(from.lat + (to.lat - from.lat) * share, from.lng + (to.lng - from.lng) * share));
      if (share < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }

  /** @param {number | null} headingDeg */
  function turn(headingDeg) {
    const heading = /** @type {SVGElement | null | undefined} */ (marker?.getElement()?.querySelector(".van-heading"));
    if (!heading) return;
    heading.classList.toggle("is-unknown", headingDeg === null);
    if (headingDeg !== null) heading.style.transform = `rotate(${headingDeg}deg)`;
  }

  return {
    remove,
    /** Where the van is going to be drawn, or null. */
    target: () => goal,
    /** All of the place where the van may be then, or null. */
    extent: () => goal && goal.toBounds(2 * (error?.getRadius() ?? 0)),
    /**
     * Show a position; an older one than is shown already never moves the van back.
     * @param {Position | null} position
     * @param {number | null} pollAfterS
     */
    moveTo(position, pollAfterS) {
      if (!position) {
        remove();
        return;
      }
      const at = Date.parse(position.recorded_at);
      const to = new LatLng(position.lat_deg, near(position.lon_deg));
      if (!marker) {
        place(to);
      } else if (at > recordedAt) {
        const ms = stillness.matches ? 0 : Math.min(LONGEST_GLIDE_MS, (pollAfterS ?? 0) * 1000);
        glide(marker, to, ms);
      } else {
        return;
      }
      recordedAt = at;
      error?.setRadius(position.accuracy_m ?? 0);
      turn(position.heading_deg);
    },
    /**
     * While the connection is lost the van is drawn faded: it may be elsewhere by now.
     * @param {boolean} isLive
     */
    setLive(isLive) {
      for (const drawn of [marker, error]) drawn?.getElement()?.classList.toggle("is-faded", !isLive);
    },
  };
}
