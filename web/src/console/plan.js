// The plan of a day while a dispatcher works on it: what waits, and vans with their stops. Nothing here knows the page.

/**
 * @typedef {object} Waiting a shipment without a route
 * @property {string} id
 * @property {string} reference
 * @property {string} recipient_name
 * @property {string} city
 * @property {string | null} postal_code
 * @property {number} lat_deg
 * @property {number} lon_deg
 * @property {{ earliest: string, latest: string } | null} window
 */

/**
 * @typedef {object} Stop
 * @property {string[]} shipmentIds
 * @property {string | null} stopId of a planned route; null while it is not saved
 * @property {any} [told] what the last answer said of it
 */

/**
 * @typedef {object} Van
 * @property {string} key its name on the page
 * @property {string | null} routeId null until it is saved
 * @property {string} etag
 * @property {string | null} driverId
 * @property {string} start "08:00" in the hub's zone
 * @property {string} end
 * @property {string} startsAt of a planned route
 * @property {Stop[]} stops
 * @property {any} [told] the van in the last answer
 * @property {string} [flaw] why it was not saved
 * @property {string} [saveKey] the Idempotency-Key of its save
 */

/** @typedef {{ waiting: Map<string, Waiting>, vans: Van[] }} Plan */

/**
 * Whether a van has anything to save.
 * @param {Van} van
 */
export function isChanged(van) {
  return van.stops.some((stop) => stop.stopId === null);
}

/**
 * The shipments that are on no van yet, in their order.
 * @param {Plan} plan
 */
export function unplaced(plan) {
  const placed = new Set(plan.vans.flatMap((van) => van.stops.flatMap((stop) => stop.shipmentIds)));
  return [...plan.waiting.values()].filter(({ id }) => !placed.has(id));
}

/**
 * The plan with these shipments on a van, each as a stop, before the stop at `index`; null takes them off all vans.
 * What is saved stays where it is. A planned route gets new stops behind its own: only a suggestion mixes them.
 * @param {Plan} plan
 * @param {string[]} ids
 * @param {string | null} vanKey
 * @param {number} [index]
 * @returns {Plan}
 */
export function put(plan, ids, vanKey, index = Infinity) {
  const moving = new Set(ids);
  const vans = plan.vans.map((van) => {
    const isTarget = van.key === vanKey;
    /** @type {Stop[]} */
    const before = [];
    /** @type {Stop[]} */
    const after = [];
    van.stops.forEach((stop, i) => {
      const kept = stop.stopId ? stop : without(stop, moving);
      if (kept.shipmentIds.length) (i < index ? before : after).push(kept);
    });
    if (isTarget) before.push(...ids.map((id) => ({ shipmentIds: [id], stopId: null })));
    const stops = [...before, ...after];
    const isSame = stops.length === van.stops.length && stops.every((stop, i) => stop === van.stops[i]);
    return isSame ? van : changed(van, van.routeId ? ownFirst(stops) : stops);
  });
  return { ...plan, vans };
}

/**
 * The plan with a stop that is not saved yet one place further up (-1) or down (1).
 * @param {Plan} plan
 * @param {string} vanKey
 * @param {number} index
 * @param {number} by
 * @returns {Plan}
 */
export function shift(plan, vanKey, index, by) {
  const vans = plan.vans.map((van) => {
    const [stop, other] = [van.stops[index], van.stops[index + by]];
    if (van.key !== vanKey || !stop || !other || stop.stopId || (van.routeId && other.stopId)) return van;
    const stops = [...van.stops];
    [stops[index], stops[index + by]] = [other, stop];
    return changed(van, stops);
  });
  return { ...plan, vans };
}

/**
 * What is asked of the API: the times of the plan as it is, or with `shipmentIds` (or an empty list) another order.
 * @param {Plan} plan
 * @param {{ hubId: string, day: string, at: (clock: string) => string }} of
 * @param {string[]} [shipmentIds] those that may go on any van; left out: nothing is moved
 */
export function question(plan, { hubId, day, at }, shipmentIds) {
  const vans = plan.vans.map((van) => {
    const stops = van.stops.filter((stop) => !stop.stopId).map((stop) => ({ shipment_ids: stop.shipmentIds }));
    const ends_at = at(van.end);
    if (van.routeId) return { route_id: van.routeId, stops, ...(ends_at > van.startsAt ? { ends_at } : {}) };
    return { ...(van.driverId ? { driver_id: van.driverId } : {}), starts_at: at(van.start), ends_at, stops };
  });
  const asked = { hub_id: hubId, service_day: day, vans };
  return shipmentIds ? { ...asked, shipment_ids: shipmentIds } : { ...asked, keep_order: true };
}

/**
 * The plan as it was answered.
 * @param {Plan} plan
 * @param {any} answer
 * @returns {Plan}
 */
export function answered(plan, answer) {
  const vans = plan.vans.map((van, i) => {
    const told = answer.routes[i];
    /** @type {Stop[]} */
    const stops = told.stops.map((/** @type {any} */ each) => ({
      shipmentIds: each.shipment_ids,
      stopId: each.stop_id,
      told: each,
    }));
    return { ...van, stops, told };
  });
  return { ...plan, vans };
}

/**
 * The operations that make a planned route of what is shown: its own stops in their new order, and new ones between them.
 * @param {Van} van
 */
export function operations(van) {
  const own = van.stops.filter((stop) => stop.stopId).map((stop) => stop.stopId);
  const added = van.stops.flatMap((stop, i) => {
    if (stop.stopId) return [];
    const before = van.stops.slice(i).find((each) => each.stopId)?.stopId ?? null;
    return [{ op: "add", shipment_ids: stop.shipmentIds, ...(before ? { before } : {}) }];
  });
  return [...(own.length > 1 ? [{ op: "reorder", stop_ids: own }] : []), ...added];
}

/**
 * The instant of a time of a day in a zone, as RFC 3339. A time that the clocks skip is the one after it.
 * @param {string} day
 * @param {string} clock "08:00"
 * @param {string} zone
 */
export function instantOf(day, clock, zone) {
  const wanted = Date.parse(`${day}T${clock}:00Z`);
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  /** @param {number} at */
  const shown = (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:00Z`);
  };
  let at = wanted;
  for (let tries = 0; tries < 2; tries += 1) at += wanted - shown(at);
  return new Date(at).toISOString();
}

/** @param {Stop} stop @param {Set<string>} ids @returns {Stop} */
function without(stop, ids) {
  const left = stop.shipmentIds.filter((id) => !ids.has(id));
  return left.length === stop.shipmentIds.length ? stop : { shipmentIds: left, stopId: null };
}

/** @param {Stop[]} stops */
function ownFirst(stops) {
  return [...stops.filter((stop) => stop.stopId), ...stops.filter((stop) => !stop.stopId)];
}

/** Another plan than the one that was answered: its times are unknown. @param {Van} van @param {Stop[]} stops @returns {Van} */
function changed(van, stops) {
  const bare = stops.map(({ shipmentIds, stopId }) => ({ shipmentIds, stopId }));
  return { ...van, stops: bare, told: undefined, flaw: "", saveKey: "" };
}
