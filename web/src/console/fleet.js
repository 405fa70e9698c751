// The live view as the API sends it, read back: vans with their stops, each with times.

const MINUTE_MS = 60_000;
const RANGE_STEP_MIN = 2;

/** @typedef {"ok" | "risk" | "late" | "silent" | "failed" | "done" | "info"} Kind */

/** @type {Record<string, Kind>} */
export const KINDS = { on_time: "ok", at_risk: "risk", late: "late", silent: "silent" };
/** @type {Record<string, Kind>} */
const LETTERS = { d: "done", u: "info", o: "ok", r: "risk", l: "late" };
/** @type {Record<string, string>} */
export const WORDS = { on_time: "On time", at_risk: "At risk", late: "Late", silent: "Silent" };
export const STOP_WORDS = /** @type {Record<Kind, string>} */ ({
  done: "Done",
  info: "At the door",
  ok: "On time",
  risk: "At risk",
  late: "Late",
});

/**
 * @typedef {object} Span
 * @property {number} from ms
 * @property {number} to ms
 */

/**
 * @typedef {object} StopNow
 * @property {string} id
 * @property {number} place in the plan, from 0
 * @property {Kind} kind
 * @property {[lat: number, lon: number]} at
 * @property {number | null} planned ms
 * @property {Span | null} promise
 * @property {{ point: number } & Span | null} eta
 */

/**
 * @typedef {object} VanNow
 * @property {string} routeId
 * @property {number} planVersion
 * @property {string} driverId
 * @property {string} hubId
 * @property {number} total
 * @property {number} done
 * @property {string} standing
 * @property {[lat: number, lon: number] | null} at
 * @property {number | null} heading
 * @property {number | null} ageS
 * @property {number | null} heardS
 * @property {number | null} next the place in the plan of the stop that is next
 * @property {string} letters
 * @property {{ late: number, risk: number }} counts
 * @property {number[]} offsets
 * @property {number[]} before
 * @property {number[]} after
 * @property {[number, number, number][]} promises
 */

/**
 * @param {any} live an answer with its routes
 * @returns {VanNow[]}
 */
export function vansOf(live) {
  const { vans } = live;
  return live.routes.map((/** @type {any} */ route, /** @type {number} */ i) => ({
    routeId: route.route_id,
    planVersion: route.plan_version,
    driverId: route.driver_id,
    hubId: route.hub_id,
    total: route.stops_total,
    done: vans.stops_done[i],
    standing: vans.standing[i],
    at: vans.lat_deg[i] === null ? null : [vans.lat_deg[i], vans.lon_deg[i]],
    heading: vans.heading_deg[i],
    ageS: vans.fix_age_s[i],
    heardS: vans.heard_age_s[i],
    next: vans.next_stop[i],
    letters: vans.stops[i],
    counts: { late: count(vans.stops[i], "l"), risk: count(vans.stops[i], "r") },
    offsets: added(vans.eta_steps_min[i]),
    before: added(vans.before_steps[i]),
    after: added(vans.after_steps[i]),
    promises: vans.promises_min[i],
  }));
}

/**
 * The stops of a van in the order of its plan.
 * @param {VanNow} van
 * @param {any} plan at the same version
 * @returns {StopNow[]}
 */
export function stopsOf(van, plan) {
  const told = new Map(van.promises.map(([place, from, to]) => [place, { from, to }]));
  let next = 0;
  return plan.stops.map((/** @type {any} */ stop, /** @type {number} */ place) => {
    const letter = van.letters[place] ?? "d";
    const base = ms(stop.planned?.point ?? plan.starts_at);
    const changed = told.get(place);
    const hasEta = "orl".includes(letter) && next < van.offsets.length;
    const at = hasEta ? next++ : -1;
    return {
      id: stop.id,
      place,
      kind: LETTERS[letter] ?? "done",
      at: [stop.lat_deg, stop.lon_deg],
      planned: stop.planned ? ms(stop.planned.point) : null,
      promise: changed
        ? { from: base + changed.from * MINUTE_MS, to: base + changed.to * MINUTE_MS }
        : spanOf(stop.promise ?? stop.window),
      eta: hasEta ? etaOf(van, at, base) : null,
    };
  });
}

/** @param {VanNow} van @param {number} i @param {number} base */
function etaOf(van, i, base) {
  const point = base + (van.offsets[i] ?? 0) * MINUTE_MS;
  const before = (van.before[i] ?? 0) * RANGE_STEP_MIN * MINUTE_MS;
  const after = before + (van.after[i] ?? 0) * RANGE_STEP_MIN * MINUTE_MS;
  return { point, from: point - before, to: point + after };
}

/** @param {{ earliest: string, latest: string } | null | undefined} range @returns {Span | null} */
export function spanOf(range) {
  return range ? { from: ms(range.earliest), to: ms(range.latest) } : null;
}

/** @param {number[]} steps @returns {number[]} */
export function added(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step));
}

/** @param {string} text */
export function ms(text) {
  return new Date(text).getTime();
}

/** @param {string} text @param {string} letter */
function count(text, letter) {
  return text.split(letter).length - 1;
}

/** "8 s", "11 min", "2 h" @param {number} seconds */
export function ageWords(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** What a van is called in the state's words: how many stops are late. @param {VanNow} van */
export function standingWords(van) {
  if (van.standing === "late") return van.counts.late ? `${van.counts.late} late` : "Late";
  if (van.standing === "at_risk") return `${van.counts.risk} at risk`;
  return WORDS[van.standing] ?? van.standing;
}

/** Trouble first. @param {VanNow} one @param {VanNow} other */
export function byTrouble(one, other) {
  const order = ["silent", "late", "at_risk", "on_time"];
  const apart = order.indexOf(one.standing) - order.indexOf(other.standing);
  return (
    apart ||
    other.counts.late - one.counts.late ||
    other.counts.risk - one.counts.risk ||
    (one.routeId < other.routeId ? -1 : 1)
  );
}
