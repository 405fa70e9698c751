// The map of the planning board. It repeats what the lists say, so it is hidden from screen readers: everything that it can
// do is a button or a list, too.
import {
  Canvas,
  CircleMarker,
  LatLngBounds,
  LayerGroup,
  Map as LeafletMap,
  Polyline,
  TileLayer,
} from "leaflet/dist/leaflet-src.esm.js";
import { longitudeNear } from "../tracking/longitudes.js";
import { addStreets } from "../tracking/streets.js";

/** @import { LatLngTuple } from "leaflet" */

/**
 * @typedef {object} Point
 * @property {string} id of the shipment
 * @property {number} lat_deg
 * @property {number} lon_deg
 * @property {string} words
 * @property {boolean} isChosen
 * @property {boolean} isLate
 * @property {number | null} van its place in the list of vans; null: on none
 */

const VAN_COLOURS = 6;

/**
 * @param {HTMLElement} frame
 * @param {{ kind: string, url: string }} ground
 * @param {{ lat_deg: number, lon_deg: number }} hub
 * @param {(id: string) => void} choose
 */
export function createBoardMap(frame, ground, hub, choose) {
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new LeafletMap(frame, {
    attributionControl: false,
    keyboard: false,
    renderer: new Canvas({ padding: 0.3, tolerance: 6 }),
    zoomControl: false,
    fadeAnimation: !stillness,
    zoomAnimation: !stillness,
    zoomSnap: ground.kind === "tiles" ? 1 : 0.25,
    maxZoom: 18,
  });
  map.setView([hub.lat_deg, hub.lon_deg], 12);
  /** @param {number} lonDeg */
  const near = (lonDeg) => longitudeNear(lonDeg, hub.lon_deg);
  if (ground.kind === "tiles") {
    new TileLayer(ground.url, { maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
  } else if (ground.kind === "streets") {
    addStreets(map, ground.url, near).catch(() => {}); // without a ground the points still show
  }
  const layer = new LayerGroup().addTo(map);
  let isFitted = false;

  /** @param {string} name */
  const colour = (name) => getComputedStyle(frame).getPropertyValue(name).trim();

  return {
    /**
     * @param {Point[]} points
     * @param {{ van: number, path: { lat_deg: number, lon_deg: number }[] }[]} ways
     */
    show(points, ways) {
      layer.clearLayers();
      for (const { van, path } of ways) {
        const line = path.map(at);
        new Polyline(line, { color: colour("--card"), weight: 6, opacity: 0.8, interactive: false }).addTo(layer);
        new Polyline(line, { color: colour(`--van-${van % VAN_COLOURS}`), weight: 3, interactive: false }).addTo(layer);
      }
      for (const each of points) {
        const own = each.van === null ? colour("--ink") : colour(`--van-${each.van % VAN_COLOURS}`);
        const marker = new CircleMarker(at(each), {
          radius: each.isChosen ? 9 : each.van === null ? 6 : 5,
          color: each.isLate
            ? colour("--late")
            : each.isChosen
              ? colour("--focus")
              : each.van === null
                ? own
                : colour("--card"),
          weight: each.isLate || each.isChosen ? 4 : 2,
          fillColor: each.van === null ? colour("--card") : own,
          fillOpacity: 1,
          interactive: each.van === null,
        });
        marker.bindTooltip(each.words, { direction: "top" });
        marker.on("click", () => choose(each.id));
        marker.addTo(layer);
      }
      new CircleMarker([hub.lat_deg, hub.lon_deg], {
        ...{ radius: 8, color: colour("--card"), weight: 3, fillColor: colour("--accent"), fillOpacity: 1 },
        interactive: false,
      }).addTo(layer);
      if (!isFitted && points.length) {
        isFitted = true;
        this.fit(points);
      }
    },
    /** @param {{ lat_deg: number, lon_deg: number }[]} points */
    fit(points) {
      map.fitBounds(new LatLngBounds([hub, ...points].map(at)), { padding: [36, 36], animate: false, maxZoom: 15 });
    },
    /** Whether a place is to be seen. @param {{ lat_deg: number, lon_deg: number }} place */
    shows: (place) => map.getBounds().contains(at(place)),
    /** @param {number} by */
    zoom: (by) => map.setZoom(map.getZoom() + by),
  };

  /** @param {{ lat_deg: number, lon_deg: number }} place @returns {LatLngTuple} */
  function at(place) {
    return [place.lat_deg, near(place.lon_deg)];
  }
}
