// One shipment: its state, its story, what the customer was told, its links.

import { byId } from "../shared/elements.js";
import { element, inWords, state, timeOf } from "./elements.js";
import { openConsole } from "./shell.js";
import { kindOf } from "./statuses.js";
import { dayInWords, timesIn } from "./times.js";

const { api, page, fail } = openConsole();
const below = `/v1/shipments/${page.shipmentId}`;

async function load() {
  const shipment = await api.get(below);
  const times = timesIn(shipment.time_zone);
  byId("story-zone").textContent = times.zoneName();
  byId("state").replaceChildren(state(kindOf(shipment), inWords(shipment.status)));
  facts(shipment, times);
  byId("receipt").hidden = shipment.attempts.length === 0;
  await Promise.all([
    part("story", () => story(times)),
    part("told", () => told(times)),
    part("links", () => links(times)),
  ]);
}

/**
 * One part of the page: it fails by itself, and says so where it would be.
 * @param {string} id
 * @param {() => Promise<HTMLElement[]>} made
 */
async function part(id, made) {
  try {
    const items = await made();
    byId(id).replaceChildren(...items);
  } catch (error) {
    byId(id).replaceChildren(element("li", fail(error), { class: "note st-late" }));
  }
}

/** @param {any} shipment @param {import("./times.js").Times} times */
function facts(shipment, times) {
  const { recipient, address } = shipment;
  /** @type {[string, string | Node | null][]} */
  const lines = [
    ["Recipient", recipient.name],
    ["Phone", recipient.phone],
    ["E-mail", recipient.email],
    [
      "Address",
      [...address.lines, [address.postal_code, address.city].filter(Boolean).join(" "), address.country].join(", "),
    ],
    ["Instructions", address.instructions],
    ["Day", shipment.service_day && dayInWords(shipment.service_day)],
    ["Window", shipment.window && times.range(shipment.window)],
    ["Promised", shipment.promise && times.range(shipment.promise)],
    [
      "Parcels",
      shipment.parcels
        .map((/** @type {any} */ each) => `${each.barcode} (${inWords(each.state).toLowerCase()})`)
        .join(", "),
    ],
    ["Status elsewhere", `${shipment.external_status.status}`],
    ["Id", shipment.id],
  ];
  byId("facts").replaceChildren(
    ...lines.flatMap(([name, value]) => (value ? [element("dt", name), element("dd", null, {}, value)] : [])),
  );
}

/** @param {import("./times.js").Times} times @returns {Promise<HTMLElement[]>} */
async function story(times) {
  const events = await api.all(`${below}/events`);
  return events.map((event) => line(times.moment(event.occurred_at), event.occurred_at, ...happened(event, times)));
}

/**
 * @param {any} event
 * @param {import("./times.js").Times} times
 * @returns {(Node | string)[]}
 */
function happened(event, times) {
  const what = inWords(event.type.split(".").at(-1));
  const promise = event.data.promise ?? event.data.range;
  const facts_ = [
    event.data.reason && inWords(event.data.reason),
    event.data.note,
    promise?.earliest && times.range(promise),
  ].filter(Boolean);
  const by = element("span", ` · ${event.actor}`, { class: "soft" });
  return [element("b", what), ...(facts_.length ? [`: ${facts_.join(" · ")}`] : []), by];
}

/** @param {import("./times.js").Times} times @returns {Promise<HTMLElement[]>} */
async function told(times) {
  const { told: lines } = await api.get(`${below}/eta`);
  if (!lines?.length) return [element("li", "Nothing was promised yet.", { class: "soft" })];
  return lines.map((/** @type {any} */ each) => {
    const what = inWords(each.type.split(".").at(-1));
    const range = each.promise ? `: ${times.range(each.promise)}` : "";
    return line(times.moment(each.occurred_at), each.occurred_at, element("b", what), range);
  });
}

/** @param {import("./times.js").Times} times @returns {Promise<HTMLElement[]>} */
async function links(times) {
  const { data } = await api.get(`${below}/links`);
  if (!data.length) return [element("li", "There is no tracking link.", { class: "soft" })];
  return data.map((/** @type {any} */ each) => {
    const url = each.tracking_url;
    if (!url) return element("li", `Link ${each.number}: ${inWords(each.status).toLowerCase()}`, { class: "soft" });
    const ends = each.ends_at ? ` · until ${times.moment(each.ends_at)}` : "";
    const link = element("a", "The customer's page", { href: url, target: "_blank", rel: "noopener" });
    return element("li", null, {}, link, element("span", ends, { class: "soft" }));
  });
}

/** @param {string} words @param {string} at @param {...(Node | string)} said */
function line(words, at, ...said) {
  return element("li", null, {}, timeOf(words, at), element("span", null, {}, ...said));
}

load().catch((error) => {
  byId("story").replaceChildren(element("li", fail(error), { class: "note st-late" }));
});
