// Concerns in words, and what is done about them: taken, snoozed, done.

import { Problem } from "./api.js";
import { element, inWords, state } from "./elements.js";

/** @typedef {import("./fleet.js").Kind} Kind */

/** @type {Record<string, [Kind, string]>} */
const KINDS = {
  silent: ["silent", "Silent driver"],
  late: ["late", "Late"],
  at_risk: ["risk", "At risk"],
  overdue: ["risk", "Overdue at the door"],
  left_behind: ["failed", "Left behind at the hub"],
  attempt_failed: ["failed", "Attempt failed"],
  parcels_left: ["failed", "Parcels left"],
  needs_placing: ["info", "Address to be placed"],
  reported: ["info", "Problem reported"],
  unanswered: ["info", "Waits for an answer"],
  low_rating: ["info", "Low rating"],
  unassigned: ["info", "Not on a route"],
  missing_proof: ["info", "Proof missing"],
  returning: ["info", "On its way back"],
  webhook_off: ["failed", "Webhook switched off"],
};
/** @type {Record<string, string>} */
const ACTIONS = {
  call_driver: "Open the route",
  move_stops: "Move stops",
  see_options: "See options",
  message_driver: "Open the route",
  assign: "Open the shipment",
  retry: "Open the shipment",
  place: "Open the shipment",
  open_shipment: "Open the shipment",
  reply: "Read and answer",
  ask_for_proof: "Open the shipment",
  receive: "Open the shipment",
  test_webhook: "See the shipper",
};

/** @param {any} concern */
export function stateOf(concern) {
  const [kind, word] = KINDS[concern.kind] ?? ["info", inWords(concern.kind)];
  return state(kind, word);
}

/** @param {any} concern @returns {Kind} */
export function kindOf(concern) {
  return KINDS[concern.kind]?.[0] ?? "info";
}

/**
 * Whom it is about: the driver, else the shipment.
 * @param {any} concern
 * @param {Map<string, any>} drivers
 */
export function titleOf(concern, drivers) {
  const driver = concern.driver_id && drivers.get(concern.driver_id)?.name;
  if (driver && concern.stop_id) {
    return concern.stop_count > 1 ? `${driver}, ${concern.stop_count} stops` : driver;
  }
  return concern.reference ?? driver ?? "A shop’s server";
}

/**
 * Why, in a sentence.
 * @param {any} concern
 * @param {import("./times.js").Times} times
 */
export function whyOf(concern, times) {
  const due = concern.due && times.time(concern.due);
  const eta = concern.eta && times.range(concern.eta);
  const first = concern.stop_count > 1 ? "The first is" : "It is";
  switch (concern.kind) {
    case "silent":
      return `Nothing was heard since ${times.time(concern.look_at)}.${due ? ` The next stop is promised by ${due}.` : ""}`;
    case "late":
      return `${first} expected ${eta ?? "nobody knows when"}, promised by ${due}.`;
    case "at_risk":
      return `${first} promised by ${due}; that breaks with ${Math.round((concern.risk ?? 0) * 100)} % probability.`;
    case "overdue":
      return `At the same door for too long, since before ${times.time(concern.look_at)}.`;
    case "left_behind":
      return "The van left the hub without it.";
    case "unanswered":
      return "The customer wrote, and nobody has answered.";
    case "unassigned":
      return `Wanted from ${times.moment(concern.look_at)}, and on no route.`;
    case "missing_proof":
      return "Delivered, and a proof that is required never came.";
    case "attempt_failed":
      return `The visit failed at ${times.moment(concern.look_at)}. Somebody has to decide what is next.`;
    case "webhook_off":
      return `Nothing is sent to it since ${times.moment(concern.look_at)}.`;
    default:
      return `Since ${times.moment(concern.look_at)}.`;
  }
}

/** @param {any} concern @param {string} base @returns {string} */
export function linkOf(concern, base) {
  if (concern.route_id && concern.stop_id) return `${base}/console/routes/${concern.route_id}#${concern.stop_id}`;
  if (concern.shipment_id) return `${base}/console/shipments/${concern.shipment_id}`;
  return `${base}/console/shipments`;
}

/** @param {any} concern */
export function actionOf(concern) {
  return ACTIONS[concern.next_action] ?? "Open";
}

/**
 * Who has it, in words; empty for nobody.
 * @param {any} concern
 * @param {import("./shell.js").Page & Record<string, any>} page
 * @param {import("./times.js").Times} times
 */
export function heldWords(concern, page, times) {
  const { handled, handling } = concern;
  if (handled === "open" || !handling) return "";
  const who = handling.by === page.me.id ? "you" : nameOf(handling.by, page);
  if (handled === "taken") return who === "you" ? "yours" : `taken by ${who}`;
  if (handled === "snoozed") return `snoozed by ${who} until ${times.moment(handling.until)}`;
  return `done by ${who}, ${times.moment(handling.at)}`;
}

/** @param {string} id @param {Record<string, any>} page */
export function nameOf(id, page) {
  return page.colleagues[id] ?? "a program";
}

/**
 * Do something about a concern. A colleague who was faster is told in words; the concern is then as it is now.
 * @param {import("./shell.js").Console} console_
 * @param {any} concern is changed in place
 * @param {{ state: string, until?: string }} wanted
 * @returns {Promise<string>} what became of it, in words
 */
export async function handle({ api, page, fail }, concern, wanted) {
  const path = `/v1/attention/${concern.id}`;
  const etag = `"${concern.handling?.version ?? 0}"`;
  try {
    concern.handling = await api.patch(path, { ...wanted, news_at: concern.news_at }, etag);
    concern.handled = concern.handling.state;
    return { taken: "It is yours.", snoozed: "Snoozed.", done: "Done.", open: "Given back." }[wanted.state] ?? "";
  } catch (error) {
    if (!(error instanceof Problem && error.isOutdated)) return fail(error);
    concern.handling = await api.get(path);
    concern.handled = concern.handling.state;
    const who = concern.handling.by ? nameOf(concern.handling.by, page) : "a colleague";
    return `${who} was faster: it is ${concern.handled} now.`;
  }
}

/** @param {number} minutes @param {number} now */
export function inMinutes(minutes, now) {
  return new Date(now + minutes * 60_000).toISOString();
}

/** @param {string} text @param {() => void} onPress @param {string} [kind] */
export function button(text, onPress, kind = "") {
  const made = /** @type {HTMLButtonElement} */ (element("button", text, { type: "button", class: kind || null }));
  made.addEventListener("click", onPress);
  return made;
}
