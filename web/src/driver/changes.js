// What a new plan changes, in words for a person who has driven by the old one.
import { nameOf } from "./plan.js";
import { wishesOf } from "./wishes.js";

/**
 * What has become different, in words for a person who has driven by the old plan.
 * @param {Route} before
 * @param {Route} after
 * @param {App["say"]} say
 * @returns {Change[]}
 */
export function changes(before, after, say) {
  if (before.id !== after.id) return [];
  /** @type {Change[]} */
  const told = [];
  const old = new Map(before.stops.map((stop) => [stop.id, stop]));
  const fresh = new Map(after.stops.map((stop) => [stop.id, stop]));
  const cancelled = new Set(after.cancelled.map((each) => each.stop_id));
  for (const stop of before.stops) {
    if (stop.is_done || fresh.has(stop.id)) continue;
    told.push({ kind: cancelled.has(stop.id) ? "cancelled" : "removed", what: nameOf(stop) });
  }
  for (const stop of after.stops) {
    const known = old.get(stop.id);
    if (!known) told.push({ kind: "added", what: nameOf(stop) });
    else if (essence(known) !== essence(stop)) told.push({ kind: "edited", what: nameOf(stop) });
    if (known && !stop.is_done) told.push(...newWishes(known, stop, say));
  }
  const kept = before.stops.filter(({ id, is_done: done }) => !done && fresh.has(id)).map(({ id }) => id);
  const order = after.stops.filter(({ id }) => kept.includes(id)).map(({ id }) => id);
  if (kept.join() !== order.join()) told.push({ kind: "order", what: "" });
  return told;
}

/** @param {Stop} stop */
function essence({ window, lat_deg: lat, lon_deg: lon, shipments }) {
  return JSON.stringify([
    window,
    lat,
    lon,
    shipments.map((s) => [s.id, s.address_lines, s.instructions, s.recipient_name, s.barcodes]),
  ]);
}

/**
 * What recipients want at the door by now, in full: a driver should not have to look for what is different.
 * @param {Stop} before
 * @param {Stop} after
 * @param {App["say"]} say
 * @returns {Change[]}
 */
function newWishes(before, after, say) {
  return after.shipments.flatMap((shipment) => {
    const old = before.shipments.find(({ id }) => id === shipment.id);
    const lines = wishesOf(shipment, say);
    if (!old || wishesOf(old, say).join() === lines.join()) return [];
    const words = lines.length ? lines.join(" ") : say("wish.none");
    return [{ kind: /** @type {const} */ ("wishes"), what: `${nameOf(after)}: ${words}` }];
  });
}
