// One route: its stops with ETAs and what can be done about them. Every change is shown with its effect first.

import { byId } from "../shared/elements.js";
import { Problem } from "./api.js";
import { button } from "./concerns.js";
import { keepDraft } from "./drafts.js";
import { changesBetween, showEffect } from "./effects.js";
import { element, inWords, state, timeOf } from "./elements.js";
import { ageWords, ms, STOP_WORDS } from "./fleet.js";
import { probabilityAfter } from "./risk.js";
import { openConsole } from "./shell.js";
import { createVanMap } from "./van-map.js";

const AGAIN_MS = 15_000;
const LEAST_RISK = 0.1;

const console_ = openConsole();
const { api, page, times, toast, fail } = console_;
const path = `/v1/routes/${page.routeId}`;
/** @type {any} */
let route = null;
let etag = "";
/** @type {Map<string, any>} */
const shipments = new Map();
/** @type {Map<string, any>} */
const drivers = new Map();
/** @type {any[]} the other routes under way */
let others = [];
/** @type {any} the van in the fleet, if it is on the road */
let van = null;
let chosen = window.location.hash.slice(1);
let withBehind = false;
/** What is shown and not done yet. @type {{ title: string, run: (isDryRun: boolean) => Promise<[string, any][]> } | null} */
let proposal = null;

const map = createVanMap({ frame: byId("map"), ground: page.ground, onChoose: () => {} });

async function load() {
  const [found] = await Promise.all([api.ask("GET", path), loadShipments()]);
  route = found.data;
  etag = found.etag;
}

async function loadShipments() {
  const { data } = await api.get(`${path}/shipments`);
  for (const each of data) shipments.set(each.id, each);
}

async function loadAround() {
  const [people, live] = await Promise.all([api.all("/v1/drivers"), api.get("/v1/live")]);
  for (const driver of people) drivers.set(driver.id, driver);
  others = live.routes.filter((/** @type {any} */ each) => each.route_id !== page.routeId);
  const at = live.routes.findIndex((/** @type {any} */ each) => each.route_id === page.routeId);
  van =
    at < 0
      ? null
      : {
          lat: live.vans.lat_deg[at],
          lon: live.vans.lon_deg[at],
          heading: live.vans.heading_deg[at],
          ageS: live.vans.fix_age_s[at],
          standing: live.vans.standing[at],
        };
}

/** @param {any} stop */
function dueOf(stop) {
  return (stop.window ?? stop.promise)?.latest ?? null;
}

/** @param {any} stop @returns {{ kind: import("./fleet.js").Kind, words: string }} */
function standingOf(stop) {
  if (stop.is_done) {
    const failed = stop.shipment_ids.some((/** @type {string} */ id) => shipments.get(id)?.status === "attempt_failed");
    return failed ? { kind: "failed", words: "Attempt failed" } : { kind: "done", words: "Done" };
  }
  if (stop.arrived_at) return { kind: "info", words: STOP_WORDS.info };
  const due = dueOf(stop);
  if (!stop.eta || !due) return { kind: "ok", words: route.status === "active" ? STOP_WORDS.ok : "Planned" };
  const risk = probabilityAfter(
    { point: ms(stop.eta.point), from: ms(stop.eta.earliest), to: ms(stop.eta.latest) },
    ms(due),
  );
  const share = `${Math.round(risk * 100)} %`;
  if (risk > 0.5) return { kind: "late", words: `Late, ${share}` };
  return risk >= LEAST_RISK ? { kind: "risk", words: `At risk, ${share}` } : { kind: "ok", words: STOP_WORDS.ok };
}

/** Whose door a stop is. @param {string} stopId */
function nameOfStop(stopId) {
  const stop = route.stops.find((/** @type {any} */ each) => each.id === stopId);
  const names = (stop?.shipment_ids ?? [])
    .map((/** @type {string} */ id) => shipments.get(id)?.recipient_name)
    .filter(Boolean);
  return [...new Set(names)].join(", ") || "a stop";
}

/** @param {any} stop */
function addressOf(stop) {
  const first = shipments.get(stop.shipment_ids[0]);
  const parcels = stop.shipment_ids.reduce(
    (/** @type {number} */ sum, /** @type {string} */ id) => sum + (shipments.get(id)?.parcel_count ?? 0),
    0,
  );
  return first ? `${first.address_lines.join(", ")} · ${parcels} ${parcels === 1 ? "parcel" : "parcels"}` : "";
}

function show() {
  const name = drivers.get(route.driver_id)?.name ?? "Route";
  byId("driver-name").textContent = name;
  document.title = `${name} · ${document.title.split(" · ").at(-1)}`;
  const left = route.stops.filter((/** @type {any} */ stop) => !stop.is_done);
  const late = left.filter((/** @type {any} */ stop) => standingOf(stop).kind === "late").length;
  const worst =
    van?.standing === "silent"
      ? state("silent", "Silent")
      : late
        ? state("late", `${late} late`)
        : state(
            route.status === "active" ? "ok" : "info",
            route.status === "active" ? "On time" : inWords(route.status),
          );
  byId("route-state").replaceChildren(worst);
  const lastEta = left
    .map((/** @type {any} */ stop) => stop.eta?.point)
    .filter(Boolean)
    .sort()
    .at(-1);
  sums([
    ["Done", `${route.stops.length - left.length} of ${route.stops.length}`],
    ["Position", van?.ageS === null || !van ? null : `${ageWords(van.ageS)} old`],
    ["Last stop about", lastEta && times.time(lastEta)],
  ]);
  const end = document.getElementById("end-route");
  if (end) end.hidden = route.status !== "active";
  showStops(left);
  showMap();
}

/** @param {[string, string | null | undefined][]} facts */
function sums(facts) {
  byId("sums").replaceChildren(
    ...facts
      .filter(([, value]) => value)
      .map(([name, value]) => element("div", null, {}, element("dt", name), element("dd", value))),
  );
}

/** @param {any[]} left */
function showStops(left) {
  const behind = route.stops.length - left.length;
  const toggle = byId("behind");
  toggle.hidden = behind === 0;
  toggle.textContent = withBehind ? `Hide the ${behind} behind` : `Show the ${behind} behind`;
  toggle.setAttribute("aria-pressed", String(withBehind));
  byId("stops-zone").textContent = `${times.zoneName()} · ranges hold 8 times in 10`;
  const focused = document.activeElement?.getAttribute("data-key");
  byId("stops").replaceChildren(
    ...route.stops
      .filter((/** @type {any} */ stop) => withBehind || !stop.is_done)
      .map((/** @type {any} */ stop) => rowOf(stop, left)),
  );
  if (focused) /** @type {HTMLElement | null} */ (byId("stops").querySelector(`[data-key="${focused}"]`))?.focus();
}

/** @param {any} stop @param {any[]} left */
function rowOf(stop, left) {
  const { kind, words } = standingOf(stop);
  const name = button(nameOfStop(stop.id), () => choose(stop.id), "plain name");
  name.setAttribute("data-key", `name-${stop.id}`);
  const number = route.stops.indexOf(stop) + 1;
  const row = element(
    "tr",
    null,
    { class: stop.id === chosen ? "on" : null },
    element("td", String(number), { class: "num" }),
    element("th", null, { scope: "row", class: "who-cell" }, name, element("span", addressOf(stop), { class: "soft" })),
    element("td", null, {}, state(kind, words)),
    element("td", stop.planned_arrival ? times.time(stop.planned_arrival.point) : "–", { class: "num wide" }),
    element("td", stop.promise ? times.range(stop.promise) : "–", { class: "num wide" }),
    element(
      "td",
      stop.is_done ? "–" : stop.eta ? times.range(stop.eta) : stop.arrived_at ? times.time(stop.arrived_at) : "–",
      { class: "num strong" },
    ),
  );
  if (page.mayAct)
    row.append(element("td", null, { class: "moves" }, ...(stop.is_done || stop.arrived_at ? [] : moves(stop, left))));
  return row;
}

/** @param {any} stop @param {any[]} left */
function moves(stop, left) {
  const at = left.indexOf(stop);
  const isFirst = at <= 0 || (at === 1 && Boolean(left[0].arrived_at));
  return [
    moveButton("↑", `Earlier: ${nameOfStop(stop.id)}`, isFirst, stop, () => left[at - 1]?.id ?? null),
    moveButton("↓", `Later: ${nameOfStop(stop.id)}`, at >= left.length - 1, stop, () => left[at + 2]?.id ?? null),
  ];
}

/** @param {string} sign @param {string} words @param {boolean} isOff @param {any} stop @param {() => string | null} before */
function moveButton(sign, words, isOff, stop, before) {
  const made = button(sign, () => proposeMove(stop, before()), "square");
  made.setAttribute("aria-label", words);
  made.setAttribute("data-key", `${sign}-${stop.id}`);
  made.disabled = isOff;
  return made;
}

/** @param {any} stop @param {string | null} before */
function proposeMove(stop, before) {
  const place = before === null ? "last" : `before ${nameOfStop(before)}`;
  proposeEdit(`Move ${nameOfStop(stop.id)}: ${place}`, [{ op: "move", stop_id: stop.id, before }]);
}

/** @param {string} title @param {object[]} operations */
function proposeEdit(title, operations) {
  propose(title, async (isDryRun) => {
    const { data } = await api.ask("PATCH", path, {
      body: { operations },
      etag,
      query: isDryRun ? { dry_run: true } : {},
    });
    return [[byId("driver-name").textContent ?? "This route", data]];
  });
}

/** @param {any} stop @param {any} other */
function proposeHandOver(stop, other) {
  const whose = drivers.get(other.driver_id)?.name ?? "the other driver";
  propose(`Move ${nameOfStop(stop.id)} to ${whose}`, async (isDryRun) => {
    const body = {
      stop_id: stop.id,
      plan_version: route.plan_version,
      to_route_id: other.route_id,
      to_plan_version: other.plan_version,
      before: null,
    };
    const { data } = await api.ask("POST", `${path}/moves`, { body, query: isDryRun ? { dry_run: true } : {} });
    return [
      [byId("driver-name").textContent ?? "This route", data.from_route],
      [whose, data.to_route],
    ];
  });
}

/**
 * Show what it would do; do it when somebody says so.
 * @param {string} title
 * @param {(isDryRun: boolean) => Promise<[string, any][]>} run
 * @param {string} [warning]
 */
async function propose(title, run, warning = "") {
  proposal = { title, run };
  refuse("");
  try {
    const effects = await run(true);
    showEffect(byId("effect"), {
      title,
      effects,
      nameOf: nameOfStop,
      times,
      warning,
      onDo: () => carryOut(title, run),
      onCancel: cancel,
    });
  } catch (error) {
    if (error instanceof Problem && error.isOutdated) await again(title, run);
    else refuse(fail(error));
  }
}

/** @param {string} title @param {(isDryRun: boolean) => Promise<[string, any][]>} run */
async function carryOut(title, run) {
  try {
    await run(false);
    cancel();
    toast(`${title}: done.`);
    await refresh();
  } catch (error) {
    if (error instanceof Problem && error.isOutdated) await again(title, run);
    else refuse(fail(error));
  }
}

/** A colleague was faster: what has changed, and what the same would do now. @param {string} title @param {(isDryRun: boolean) => Promise<[string, any][]>} run */
async function again(title, run) {
  const before = route;
  await Promise.all([load(), loadAround()]);
  show();
  await propose(title, run, changesBetween(before, route, nameOfStop));
}

function cancel() {
  proposal = null;
  byId("effect").hidden = true;
}

/** @param {string} words */
function refuse(words) {
  const failed = byId("failed");
  failed.hidden = !words;
  failed.textContent = words;
  if (words) cancel();
}

function showMap() {
  const stops = route.stops.map((/** @type {any} */ stop) => ({
    at: [stop.lat_deg, stop.lon_deg],
    kind: standingOf(stop).kind,
  }));
  map.showStops(stops);
  if (van?.lat !== null && van) {
    const [label = ""] = (byId("driver-name").textContent ?? "").split(" ");
    map.show([
      { id: page.routeId, at: [van.lat, van.lon], standing: van.standing, heading: van.heading, ageS: van.ageS, label },
    ]);
  }
}

/** @param {string} stopId */
async function choose(stopId) {
  chosen = stopId;
  history.replaceState(null, "", `#${stopId}`);
  show();
  await showStop();
  byId("stop").focus({ preventScroll: window.innerWidth > 768 });
}

async function showStop() {
  const stop = route.stops.find((/** @type {any} */ each) => each.id === chosen);
  if (!stop) return;
  const number = route.stops.indexOf(stop) + 1;
  const { kind, words } = standingOf(stop);
  byId("stop-title").replaceChildren(`${number}. ${nameOfStop(stop.id)} `, state(kind, words));
  /** @type {(Node | string)[]} */
  const parts = [];
  if (page.mayAct && !stop.is_done) parts.push(planActs(stop));
  for (const id of stop.shipment_ids) parts.push(shipmentPart(id));
  byId("stop-body").replaceChildren(...parts);
}

/** Take it elsewhere: another place in the order, another driver, or off the route. @param {any} stop */
function planActs(stop) {
  const left = route.stops.filter(
    (/** @type {any} */ each) => !each.is_done && !each.arrived_at && each.id !== stop.id,
  );
  const place = chooser(
    "Place in the order",
    [
      ["", "Move …"],
      ...left.map((/** @type {any} */ each) => [each.id, `before ${nameOfStop(each.id)}`]),
      ["last", "as the last one"],
    ],
    (value) => proposeMove(stop, value === "last" ? null : value),
  );
  const to = chooser(
    "To another van",
    [["", "Give to …"], ...others.map((each) => [each.route_id, drivers.get(each.driver_id)?.name ?? each.driver_id])],
    (value) => {
      const other = others.find((each) => each.route_id === value);
      if (other) proposeHandOver(stop, other);
    },
  );
  const off = button("Take off this route", () =>
    proposeEdit(`Take ${nameOfStop(stop.id)} off this route`, [{ op: "remove", stop_id: stop.id }]),
  );
  return element("div", null, { class: "acts" }, place, to, off);
}

/** @param {string} label @param {string[][]} options @param {(value: string) => void} onChange */
function chooser(label, options, onChange) {
  const select = /** @type {HTMLSelectElement} */ (element("select", null, { "aria-label": label }));
  for (const [value, words] of options) select.append(element("option", words ?? "", { value: value ?? "" }));
  select.addEventListener("change", () => {
    const { value } = select;
    select.value = "";
    if (value) onChange(value);
  });
  return select;
}

/** What was told, what was written, and what can be done about one shipment. @param {string} id */
function shipmentPart(id) {
  const shipment = shipments.get(id);
  const told = element("ol", null, { class: "told" });
  const chat = element("ol", null, { class: "chat" });
  const head = element(
    "h3",
    null,
    {},
    element("a", `${shipment?.recipient_name ?? "Shipment"} · ${shipment?.reference ?? ""}`, {
      href: `${page.base}/console/shipments/${id}`,
    }),
  );
  const box = element(
    "section",
    null,
    { class: "one" },
    head,
    element("h3", "What the customer was told"),
    told,
    element("h3", "Messages"),
    chat,
  );
  fillTold(id, told);
  fillChat(id, chat);
  if (page.mayAct) {
    box.append(messageForm(id, chat));
    if (shipment?.status === "attempt_failed") box.append(afterFailure(id));
  }
  return box;
}

/** @param {string} id @param {HTMLElement} list */
async function fillTold(id, list) {
  try {
    const { told } = await api.get(`/v1/shipments/${id}/eta`);
    const lines = (told ?? []).map((/** @type {any} */ each) =>
      element(
        "li",
        null,
        {},
        timeOf(times.time(each.occurred_at), each.occurred_at),
        element(
          "span",
          `${inWords(each.type.split(".").at(-1))}${each.promise ? `: ${times.range(each.promise)}` : ""}`,
        ),
      ),
    );
    list.replaceChildren(...(lines.length ? lines : [element("li", "Nothing yet.", { class: "soft" })]));
  } catch (error) {
    list.replaceChildren(element("li", fail(error), { class: "note st-late" }));
  }
}

/** @param {string} id @param {HTMLElement} list */
async function fillChat(id, list) {
  try {
    const messages = await api.all(`/v1/shipments/${id}/messages`);
    const lines = messages.map((each) =>
      element(
        "li",
        null,
        { class: each.author === "recipient" ? null : "ours" },
        element("span", `${inWords(each.author)}, ${times.moment(each.written_at)}`, { class: "soft small" }),
        element("p", each.text),
      ),
    );
    list.replaceChildren(...(lines.length ? lines : [element("li", "None yet.", { class: "soft" })]));
  } catch (error) {
    list.replaceChildren(element("li", fail(error), { class: "note st-late" }));
  }
}

/** @param {string} id @param {HTMLElement} chat */
function messageForm(id, chat) {
  const text = /** @type {HTMLTextAreaElement} */ (
    element("textarea", null, { maxlength: 1000, rows: 2, placeholder: "Kept here until it is sent" })
  );
  const draft = keepDraft(text, id);
  const said = element("p", null, { class: "note st-late", role: "alert", hidden: true });
  const send = /** @type {HTMLButtonElement} */ (element("button", "Send", { type: "submit" }));
  const form = element(
    "form",
    null,
    { class: "talk" },
    element("label", null, { class: "field" }, "Message to the customer; the driver reads it too", text),
    said,
    send,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    send.disabled = true;
    said.hidden = true;
    try {
      await api.post(`/v1/shipments/${id}/messages`, { text: text.value });
      draft.forget();
      await fillChat(id, chat);
      toast("Sent.");
    } catch (error) {
      said.hidden = false;
      said.textContent = fail(error);
    } finally {
      send.disabled = false;
    }
  });
  return form;
}

/** Another attempt on a day, or back to the shipper. @param {string} id */
function afterFailure(id) {
  const day = /** @type {HTMLInputElement} */ (
    element("input", null, {
      type: "date",
      "aria-label": "Day of the next attempt",
      value: new Date().toISOString().slice(0, 10),
    })
  );
  const again_ = button("Try again", () =>
    actOn(id, "retry", { service_day: day.value }, "Another attempt is planned for that day."),
  );
  const back = button("Return to the shipper", () => actOn(id, "return", {}, "It goes back."));
  return element("div", null, { class: "acts" }, day, again_, back);
}

/** @param {string} id @param {string} verb @param {object} body @param {string} done */
async function actOn(id, verb, body, done) {
  try {
    await api.post(`/v1/shipments/${id}/${verb}`, body);
    toast(done);
    await refresh();
    await showStop();
  } catch (error) {
    refuse(fail(error));
  }
}

function endRoute() {
  const left = route.stops.filter((/** @type {any} */ stop) => !stop.is_done).length;
  const panel = byId("effect");
  const go = button("End it", async () => {
    try {
      await api.post(`${path}/complete`);
      toast("The route has ended.");
      await refresh();
      cancel();
    } catch (error) {
      refuse(fail(error));
    }
  });
  go.className = "primary";
  panel.replaceChildren(
    element(
      "div",
      null,
      { class: "head" },
      element("h2", "End this route", { id: "effect-title" }),
      element("span", "Not done yet", { class: "soft small push" }),
    ),
    element(
      "div",
      null,
      { class: "body" },
      element(
        "p",
        left
          ? `${left} stops are still open. What is aboard goes back to the hub and can be planned again; these customers get no visit today.`
          : "All stops are done.",
      ),
      element("p", null, { class: "acts" }, go, button("Leave it as it is", cancel)),
    ),
  );
  panel.hidden = false;
  panel.focus();
}

async function refresh() {
  await Promise.all([load(), loadAround()]);
  show();
}

byId("behind").addEventListener("click", () => {
  withBehind = !withBehind;
  show();
});
document.getElementById("end-route")?.addEventListener("click", endRoute);
setInterval(() => {
  if (!document.hidden && proposal === null && route?.status === "active") refresh().catch(() => {});
}, AGAIN_MS);
refresh().then(showStop, (error) => refuse(fail(error)));
