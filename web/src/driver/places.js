// Where the van is and how to get further: distances, arrival as a suggestion, links to the phone's map apps.

const EARTH_M = 6_371_008.8;
const NEAR_M = 60;
const MOVING_MPS = 3;
const ROUGH_M = 1_000;
const OLD_MS = 120_000;

/**
 * @param {Place} a
 * @param {Place} b
 */
export function distanceM(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon_deg - a.lon_deg) * rad * Math.cos(((a.lat_deg + b.lat_deg) / 2) * rad);
  const y = (b.lat_deg - a.lat_deg) * rad;
  return Math.hypot(x, y) * EARTH_M;
}

/**
 * Whether the van stands near the stop, as far as one fix can tell.
 * @param {{ lat_deg: number, lon_deg: number, accuracy_m?: number | null, speed_mps?: number | null } | null} fix
 * @param {Place} stop
 */
export function seemsThere(fix, stop) {
  if (!fix || (fix.accuracy_m ?? 0) > NEAR_M || isMoving(fix)) return false;
  return distanceM(fix, stop) <= NEAR_M;
}

/**
 * Where the phone is, for a proof: not where it was minutes ago, nor somewhere in the town.
 * @param {import("./watch.js").Fix | null} fix
 * @returns {Spot | null}
 */
export function spotOf(fix) {
  const isGood =
    fix && (fix.accuracy_m ?? 0) <= ROUGH_M && Math.abs(Date.now() - Date.parse(fix.recorded_at)) <= OLD_MS;
  return isGood ? { lat_deg: fix.lat_deg, lon_deg: fix.lon_deg, accuracy_m: fix.accuracy_m } : null;
}

/** @param {{ speed_mps?: number | null } | null} fix */
export function isMoving(fix) {
  return (fix?.speed_mps ?? 0) >= MOVING_MPS;
}

/**
 * The map apps that this phone may have. The first is the phone's own choice.
 * @param {Place} place
 * @param {string} agent navigator.userAgent
 */
export function mapLinks({ lat_deg: lat, lon_deg: lon }, agent) {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const google = { name: "Google Maps", url: `https://www.google.com/maps/dir/?api=1&destination=${at}` };
  const waze = { name: "Waze", url: `https://waze.com/ul?ll=${at}&navigate=yes` };
  const osmand = { name: "OsmAnd", url: `https://osmand.net/map/navigate/?end=${at}&profile=car` };
  const apple = { name: "Apple Maps", url: `https://maps.apple.com/?daddr=${at}&dirflg=d` };
  if (/iPhone|iPad|Macintosh/.test(agent)) return [apple, google, waze, osmand];
  if (/Android/.test(agent)) return [{ name: "geo", url: `geo:${at}?q=${at}` }, google, waze, osmand];
  return [google, waze, osmand];
}
