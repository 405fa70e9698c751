// Streets as plain lines, for a demonstration without any tile server: a GeoJSON of OpenStreetMap ways, drawn in the
// page's own colours, light and dark.
import { Canvas, LayerGroup, Polyline } from "leaflet/dist/leaflet-src.esm.js";

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
  const ways = features.filter(({ geometry }) => geometry?.type === "LineString").map((feature) => way(feature, renderer));
  ways.sort((a, b) => a.widthPx - b.widthPx);
  const group = new LayerGroup([...ways.map(({ casing }) => casing), ...ways.map(({ line }) => line)].filter(Boolean));
  const restyle = () => style(ways, map);
  restyle();
  group.addTo(map);
  map.on("zoomend", restyle);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
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

function style(ways, map) {
  const colours = getComputedStyle(map.getContainer());
  const colour = (name) => colours.getPropertyValue(name).trim();
  const scale = 2 ** ((map.getZoom() - REFERENCE_ZOOM) * 0.7);
  for (const { isPath, widthPx, casing, line } of ways) {
    const weight = Math.max(0.6, widthPx * scale);
    casing?.setStyle({ color: colour("--street-edge"), weight: weight + 1.6 });
    line.setStyle({ color: colour(isPath ? "--path" : "--street"), weight });
  }
}
