// The list of shipments: found by reference, barcode or id; by a hub's day; a shop's own, newest first.

import { byId } from "../shared/elements.js";
import { element, inWords, state } from "./elements.js";
import { openConsole } from "./shell.js";
import { kindOf } from "./statuses.js";
import { dayInWords, timesIn } from "./times.js";

const PAGE = 50;
const { api, page, times, fail } = openConsole();
const form = /** @type {HTMLFormElement} */ (byId("search"));
const rows = byId("rows");
const more = /** @type {HTMLButtonElement} */ (byId("more"));
let asked = 0;
/** @type {(() => Promise<void>) | null} */
let next = null;

/** @typedef {{ path: string, query: Record<string, string | null>, words: string }} Search */

/**
 * The searches that these words may mean; their results are shown together.
 * @returns {Search[]}
 */
function searches() {
  const said = new FormData(form);
  const q = String(said.get("q") ?? "").trim();
  const day = String(said.get("day") ?? "");
  const status = String(said.get("status") ?? "") || null;
  const path = "/v1/shipments";
  if (q && page.shipperId) {
    return [
      { path, query: { reference: q }, words: `with the reference ${q}` },
      { path, query: { barcode: q }, words: `with the barcode ${q}` },
    ];
  }
  if (q) return [{ path, query: { barcode: q }, words: `with the barcode ${q}` }];
  if (page.hub) {
    const query = { service_day: day || today(), hub_id: page.hub.id, status };
    return [{ path, query, words: `on the routes of ${page.hub.name} on ${dayInWords(query.service_day)}` }];
  }
  if (status) {
    const since = new Date(Date.now() - 30 * 86_400_000).toISOString();
    return [
      {
        path,
        query: { updated_since: since, status },
        words: `${inWords(status).toLowerCase()}, with news in 30 days`,
      },
    ];
  }
  return [{ path, query: {}, words: "of yours" }];
}

/** Today in the hub's zone, like 2026-11-28. */
function today() {
  return new Intl.DateTimeFormat("en-CA", times.zone ? { timeZone: times.zone } : {}).format(new Date());
}

async function search() {
  const mine = ++asked;
  const q = String(new FormData(form).get("q") ?? "").trim();
  if (/^shp_[0-9A-HJKMNP-TV-Z]{26}$/.test(q)) {
    window.location.assign(`${page.base}/console/shipments/${q}`);
    return;
  }
  rows.replaceChildren();
  next = null;
  show("Loading …");
  const wanted = searches();
  try {
    const pages = await Promise.all(wanted.map((each) => asOne(each, null)));
    if (mine !== asked) return; // a newer search has been asked for
    add(pages.flatMap((each) => each.data));
    const [first, cursor] = [wanted[0], pages[0]?.next_cursor];
    continueWith(first, cursor, mine);
    summary(wanted);
  } catch (error) {
    if (mine === asked) show("Not loaded", ["This could not be loaded", fail(error)]);
  }
}

/**
 * @param {Search} wanted
 * @param {string | null} cursor
 * @returns {Promise<{ data: any[], next_cursor: string | null }>}
 */
function asOne({ path, query }, cursor) {
  return api.get(path, { ...query, limit: PAGE, cursor });
}

/** @param {Search | undefined} wanted @param {string | null | undefined} cursor @param {number} mine */
function continueWith(wanted, cursor, mine) {
  byId("more-box").hidden = !cursor;
  if (!wanted || !cursor) return;
  next = async () => {
    const found = await asOne(wanted, cursor);
    if (mine !== asked) return;
    add(found.data);
    continueWith(wanted, found.next_cursor, mine);
    summary([wanted]);
  };
}

/** @param {any[]} shipments */
function add(shipments) {
  const known = new Set([...rows.children].map((each) => each.id));
  rows.append(...shipments.filter((each) => !known.has(each.id)).map(row));
}

/** @param {any} shipment */
function row(shipment) {
  const own = timesIn(shipment.time_zone);
  const window_ = shipment.window ? own.range(shipment.window) : "–";
  const elsewhere = times.zone && shipment.time_zone !== times.zone ? ` ${own.zoneName()}` : "";
  const link = element("a", shipment.reference, { href: `${page.base}/console/shipments/${shipment.id}` });
  return element(
    "tr",
    null,
    { id: shipment.id },
    element("th", null, { scope: "row" }, link),
    element("td", null, {}, state(kindOf(shipment), inWords(shipment.status))),
    element("td", shipment.recipient.name),
    element("td", shipment.address.city, { class: "wide" }),
    element("td", `${window_}${elsewhere}`, { class: "num" }),
    element("td", shipment.service_day ? dayInWords(shipment.service_day) : "–", { class: "num wide" }),
    element("td", String(shipment.parcels.length), { class: "num wide" }),
  );
}

/** @param {Search[]} wanted */
function summary(wanted) {
  const count = rows.children.length;
  const words = wanted.map((each) => each.words).join(" or ");
  if (count) {
    const number = `${count}${next ? " or more" : ""}`;
    show(`${number} shipment${count === 1 && !next ? "" : "s"} ${words}`);
  } else if (page.hub && "service_day" in (wanted[0]?.query ?? {})) {
    show("No shipments", ["Nothing is planned", `There are no shipments ${words}. Choose another day, or search.`]);
  } else {
    show("No shipments", ["Nothing found", `There are no shipments ${words}.${barcodesOnly()}`]);
  }
}

/** Staff know a reference only together with its shop. */
function barcodesOnly() {
  return page.shipperId ? "" : " A barcode is found for 60 days; by a reference only its shop can search.";
}

/** @param {string} title @param {[string, string]} [empty] */
function show(title, empty) {
  byId("found").textContent = title;
  byId("found-said").textContent = empty ? empty.join(". ") : title;
  byId("table").hidden = rows.children.length === 0;
  byId("empty").hidden = !empty;
  const [heading, text] = byId("empty").children;
  if (empty && heading && text) [heading.textContent, text.textContent] = empty;
  if (rows.children.length === 0) byId("more-box").hidden = true;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) said.set(name, String(value));
  history.replaceState(null, "", said.size ? `?${said}` : window.location.pathname);
  search();
});
more.addEventListener("click", async () => {
  more.disabled = true;
  try {
    await next?.();
  } catch (error) {
    byId("found").textContent = fail(error);
  } finally {
    more.disabled = false;
  }
});
for (const [name, value] of new URLSearchParams(window.location.search)) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
}
const day = form.elements.namedItem("day");
if (day instanceof HTMLInputElement && !day.value) day.value = today();
search();
