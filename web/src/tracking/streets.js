// A map without any tile server, for demonstrations: a GeoJSON of OpenStreetMap, drawn in the page's own colours, light
// and dark. Lines are streets by their `highway`, polygons are buildings, greens and water by their `area`.
import { Canvas, LayerGroup, Polygon, Polyline } from "leaflet/dist/leaflet-src.esm.js";

/** @import { LatLngTuple, Map as LeafletMap, PolylineOptions } from "leaflet" */

/** @typedef {[lon_deg: number, lat_deg: number]} GeoPoint GeoJSON has the longitude first */
/** @typedef {{ type: "Polygon", coordinates: GeoPoint[][] }} Outline */
/** @typedef {{ type: "LineString", coordinates: GeoPoint[] }} Course */
/** @import { Near } from "./map.js" */
/** @typedef {{ geometry: Outline | Course | null, properties: { area?: string, highway?: string } | null }} Feature */
/** @typedef {{ kind: string | undefined, shape: Polygon }} Area */
/** @typedef {{ isPath: boolean, widthPx: number, casing: Polyline | null, line: Polyline }} Way */

/** @type {Record<string, number | undefined>} */
const WIDTHS_PX = {
  motorway: 9,
  trunk: 9,
  primary: 8,
  secondary: 7,
  tertiary: 6,
  residential: 5,
  unclassified: 5,
  living_street: 5,
  pedestrian: 4,
  service: 2.5,
  track: 2,
  footway: 1.2,
  path: 1.2,
  cycleway: 1.4,
  steps: 1.2,
};
const PATHS = new Set(["footway", "path", "cycleway", "steps", "track", "service"]);
const OTHER_WIDTH_PX = 3;
const REFERENCE_ZOOM = 16;

/**
 * Fetch the streets and lay them under the markers; resolves when they are drawn.
 * @param {LeafletMap} map
 * @param {string} url
 * @param {Near} near
 */
export async function addStreets(map, url, near) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  /** @type {{ features: Feature[] }} */
  const { features } = await response.json();
  const renderer = new Canvas({ padding: 0.6 });
  /** @type {Area[]} */
  const areas = [];
  /** @type {Way[]} */
  const ways = [];
  for (const { geometry, properties } of features) {
    if (geometry?.type === "Polygon") areas.push(area(geometry, properties?.area, renderer, near));
    if (geometry?.type === "LineString") ways.push(way(geometry, properties?.highway, renderer, near));
  }
  ways.sort((a, b) => a.widthPx - b.widthPx);
  const casings = ways.flatMap(({ casing }) => casing ?? []);
  const group = new LayerGroup([...areas.map(({ shape }) => shape), ...casings, ...ways.map(({ line }) => line)]);
  const restyle = () => style(areas, ways, map);
  restyle();
  group.addTo(map);
  map.on("zoomend", restyle);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
}

/**
 * @param {Outline} outline
 * @param {string | undefined} kind
 * @param {Canvas} renderer
 * @param {Near} near
 * @returns {Area}
 */
function area(outline, kind, renderer, near) {
  const points = turned(outline.coordinates[0] ?? [], near);
  const options = { renderer, interactive: false, stroke: false, fillOpacity: 1 };
  return { kind, shape: new Polygon(points, options) };
}

/**
 * @param {Course} course
 * @param {string | undefined} kind
 * @param {Canvas} renderer
 * @param {Near} near
 * @returns {Way}
 */
function way(course, kind, renderer, near) {
  const points = turned(course.coordinates, near);
  /** @type {PolylineOptions} */
  const options = { renderer, interactive: false, lineCap: "round", lineJoin: "round" };
  const isPath = PATHS.has(kind ?? "");
  return {
    isPath,
    widthPx: WIDTHS_PX[kind ?? ""] ?? OTHER_WIDTH_PX,
    casing: isPath ? null : new Polyline(points, options),
    line: new Polyline(points, options),
  };
}

/**
 * @param {GeoPoint[]} points
 * @param {Near} near
 * @returns {LatLngTuple[]}
 */
function turned(points, near) {
  return points.map(([lon, lat]) => [lat, near(lon)]);
}

/**
 * @param {Area[]} areas
 * @param {Way[]} ways
 * @param {LeafletMap} map
 */
function style(areas, ways, map) {
  const colours = getComputedStyle(map.getContainer());
  const colour = (/** @type {string} */ name) => colours.getPropertyValue(name).trim();
  for (const { kind, shape } of areas) shape.setStyle({ fillColor: colour(`--${kind}`) });
  const scale = 2 ** ((map.getZoom() - REFERENCE_ZOOM) * 0.7);
  for (const { isPath, widthPx, casing, line } of ways) {
    const weight = Math.max(0.6, widthPx * scale);
    casing?.setStyle({ color: colour("--street-edge"), weight: weight + 1.6 });
    line.setStyle({ color: colour(isPath ? "--path" : "--street"), weight });
  }
}
