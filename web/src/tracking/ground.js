// The background of a map, as the operator has chosen it.
import { TileLayer } from "leaflet/dist/leaflet-src.esm.js";
import { addStreets } from "./streets.js";

/** @import { Map as LeafletMap } from "leaflet" */
/** @import { Near } from "./map.js" */
/** @import { Ground } from "./state.js" */

/**
 * @param {Ground} ground
 * @param {LeafletMap} map
 * @param {Near} near
 */
export async function lay(ground, map, near) {
  if (ground.kind === "tiles") {
    // Leaflet would send the whole address as referrer where a page sets no policy; tile servers want the origin only.
    new TileLayer(ground.url, { maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
  } else if (ground.kind === "streets") {
    await addStreets(map, ground.url, near);
  }
}
