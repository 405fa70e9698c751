// A map without any tile server, for demonstrations: a GeoJSON of OpenStreetMap, drawn in the page's own colours, light
// and dark. Lines are streets by their `highway`, polygons are buildings, greens and water by their `area`.
import { Canvas, LayerGroup, Polygon, Polyline } from "leaflet/dist/leaflet-src.esm.js";

const WIDTHS_PX = {
  motorway: 9, trunk: 9, primary: 8, secondary: 7, tertiary: 6, residential: 5, unclassified: 5, living_street: 5,
  pedestrian: 4, service: 2.5, track: 2, footway: 1.2, path: 1.2, cycleway: 1.4, steps: 1.2,
};
const PATHS = new Set(["footway", "path", "cycleway", "steps", "track", "service"]);
const OTHER_WIDTH_PX = 3;
const REFERENCE_ZOOM = 16;

/** Fetch the streets and lay them under the markers; resolves when they are drawn. */
export async function addStreets(map, url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { features } = await response.json();
  const renderer = new Canvas({ padding: 0.6 });
  const areas = features.filter(({ geometry }) => geometry?.type === "Polygon").map((feature) => area(feature, renderer));
  const ways = features.filter(({ geometry }) => geometry?.type === "LineString").map((feature) => way(feature, renderer));
  ways.sort((a, b) => a.widthPx - b.widthPx);
  const layers = [areas.map(({ shape }) => shape), ways.map(({ casing }) => casing), ways.map(({ line }) => line)];
  const group = new LayerGroup(layers.flat().filter(Boolean));
  const restyle = () => style(areas, ways, map);
  restyle();
  group.addTo(map);
  map.on("zoomend", restyle);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
}

function area({ geometry, properties }, renderer) {
  const points = geometry.coordinates[0].map(([lon, lat]) => [lat, lon]);
  const options = { renderer, interactive: false, stroke: false, fillOpacity: 1 };
  return { kind: properties.area, shape: new Polygon(points, options) };
}

function way({ geometry, properties }, renderer) {
  const kind = properties?.highway;
  const points = geometry.coordinates.map(([lon, lat]) => [lat, lon]);
  const options = { renderer, interactive: false, lineCap: "round", lineJoin: "round" };
  const isPath = PATHS.has(kind);
  return {
    isPath,
    widthPx: WIDTHS_PX[kind] ?? OTHER_WIDTH_PX,
    casing: isPath ? null : new Polyline(points, options),
    line: new Polyline(points, options),
  };
}

function style(areas, ways, map) {
  const colours = getComputedStyle(map.getContainer());
  const colour = (name) => colours.getPropertyValue(name).trim();
  for (const { kind, shape } of areas) shape.setStyle({ fillColor: colour(`--${kind}`) });
  const scale = 2 ** ((map.getZoom() - REFERENCE_ZOOM) * 0.7);
  for (const { isPath, widthPx, casing, line } of ways) {
    const weight = Math.max(0.6, widthPx * scale);
    casing?.setStyle({ color: colour("--street-edge"), weight: weight + 1.6 });
    line.setStyle({ color: colour(isPath ? "--path" : "--street"), weight });
  }
}
