// The planning board: what waits for a route, vans, and what a plan would mean before it is saved.

import { byId } from "../shared/elements.js";
import { newKey } from "./api.js";
import { createBoardMap } from "./board-map.js";
import { element, state, timeOf } from "./elements.js";
import { answered, instantOf, isChanged, operations, put, question, shift, unplaced } from "./plan.js";
import { openConsole } from "./shell.js";
import { dayInWords } from "./times.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./plan.js").Van} Van */
/** @typedef {import("./plan.js").Waiting} Waiting */

const REASONS = /** @type {Record<string, string>} */ ({
  needs_placing: "nobody has placed its address",
  already_assigned: "it is on another route by now",
  not_plannable: "it cannot be put on a route any more",
  another_day: "it is wanted on another day",
  window_out_of_reach: "no van can be there in its window",
  no_time_left: "no van has the time for it",
});
const FAILOVERS = /** @type {Record<string, string>} */ ({
  unavailable: "The optimizer that is set did not answer; the built-in one did.",
  unsuited: "The optimizer that is set is not made for such a day; the built-in one was asked.",
});
const PREVIEW_MS = 250;
const MOST_ROUTES = 20;

const { api, page, times, toast, fail } = openConsole();
const hub = page.hub;
const zone = hub?.timeZone ?? "UTC";
const dayField = /** @type {HTMLInputElement} */ (byId("day"));
/** @type {Plan} */
let plan = { waiting: new Map(), vans: [] };
/** @type {Map<string, string>} what is known of every shipment on the page */
const names = new Map();
/** @type {Set<string>} */
const chosen = new Set();
/** @type {Map<string, string>} */
let reasons = new Map();
/** @type {Plan | null} */
let undoable = null;
/** @type {any} the last answer */
let told = null;
/** @type {any[]} */
let drivers = [];
let asked = 0;
let number = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let previewTimer;
const map = hub
  ? createBoardMap(byId("map"), page.ground, { lat_deg: page.hubPlace.lat_deg, lon_deg: page.hubPlace.lon_deg }, toggle)
  : null;

/** @param {string} clock */
const at = (clock) => instantOf(dayField.value, clock, zone);

// ---------------------------------------------------------------- reading

async function load() {
  const mine = ++asked;
  const add = /** @type {HTMLButtonElement} */ (byId("add-van"));
  add.disabled = true; // a van that is added now would be gone when the day is there
  clearTimeout(previewTimer);
  say("Loading …");
  try {
    const day = dayField.value;
    const [concerns, listed, people] = await Promise.all([
      api.all("/v1/attention", { kind: "unassigned", due_by: at("23:59") }, 500),
      api.all("/v1/routes", { service_day: day, hub_id: hub?.id }, MOST_ROUTES),
      api.all("/v1/drivers"),
    ]);
    const open = listed.filter((each) => each.status === "planned").slice(0, MOST_ROUTES);
    const routes = await Promise.all(open.map((each) => api.ask("GET", `/v1/routes/${each.id}`)));
    if (mine !== asked) return;
    drivers = people.filter((each) => each.is_active);
    const waiting = concerns
      .map((each) => each.shipment)
      .filter((each) => each && (!each.service_day || each.service_day === day));
    plan = {
      waiting: new Map(waiting.map((each) => [each.id, each])),
      vans: routes.map(({ data, etag }) => ofRoute(data, etag)),
    };
    for (const each of waiting) names.set(each.id, each.reference);
    chosen.clear();
    reasons = new Map();
    undoable = told = null;
    add.disabled = false;
    say("");
    if (plan.vans.length) await preview();
    else show();
  } catch (error) {
    if (mine === asked) say(fail(error), "late");
  }
}

/** @param {any} route @param {string} etag @returns {Van} */
function ofRoute(route, etag) {
  return {
    key: route.id,
    routeId: route.id,
    etag,
    driverId: route.driver_id,
    start: times.time(route.starts_at),
    end: "18:00",
    startsAt: route.starts_at,
    stops: route.stops.map((/** @type {any} */ stop) => ({ shipmentIds: stop.shipment_ids, stopId: stop.id })),
  };
}

/** Another plan: shown at once, with its times a moment later. @param {Plan} next */
function change(next) {
  asked += 1; // an answer that is on its way is about another plan
  undoable = plan;
  plan = next;
  show();
  clearTimeout(previewTimer);
  previewTimer = setTimeout(preview, PREVIEW_MS);
}

/** The times of the plan as it is. */
async function preview() {
  if (plan.vans.length) await ask();
  else show();
}

/** @param {string[]} [shipmentIds] to be put on any van; left out: nothing is moved */
async function ask(shipmentIds) {
  const mine = ++asked;
  clearTimeout(previewTimer);
  busy(true);
  try {
    const answer = await api.post(
      "/v1/routes/suggestions",
      question(plan, { hubId: hub?.id ?? "", day: dayField.value, at }, shipmentIds),
    );
    if (mine !== asked) return;
    if (shipmentIds) undoable = plan;
    told = answer;
    plan = answered(plan, answer);
    if (shipmentIds) {
      reasons = new Map(answer.unplaced.map((/** @type {any} */ each) => [each.shipment_id, each.reason]));
      chosen.clear();
      const left = answer.unplaced.length;
      toast(
        left
          ? `${left} shipment${left === 1 ? " is" : "s are"} on no van: see the list.`
          : "An order is suggested. Nothing is saved yet.",
      );
    }
    say(FAILOVERS[answer.failover] ?? "", answer.failover ? "risk" : "info");
  } catch (error) {
    if (mine !== asked) return;
    say(fail(error), "late");
  } finally {
    if (mine === asked) busy(false);
  }
  show();
}

async function save() {
  clearTimeout(previewTimer);
  busy(true);
  let saved = 0;
  for (const van of plan.vans.filter(isChanged)) {
    van.flaw = "";
    try {
      if (van.routeId) await api.patch(`/v1/routes/${van.routeId}`, { operations: operations(van) }, van.etag);
      else await create(van);
      saved += 1;
    } catch (error) {
      van.flaw = fail(error);
      if (/** @type {any} */ (error).isOutdated)
        van.flaw =
          "Somebody has changed this route since. Load the day anew: what you have put on it is then in the list.";
    }
  }
  busy(false);
  const failed = plan.vans.filter((van) => van.flaw);
  if (failed.length) {
    show();
    return;
  }
  toast(`${saved} route${saved === 1 ? " is" : "s are"} saved.`);
  await load();
}

/** @param {Van} van */
async function create(van) {
  if (!van.driverId) {
    van.flaw = "Choose a driver first.";
    byId(`driver-${van.key}`).focus();
    throw new Error(van.flaw);
  }
  van.saveKey ||= newKey();
  const stops = van.stops.map((stop) => ({ shipment_ids: stop.shipmentIds }));
  const body = {
    driver_id: van.driverId,
    hub_id: hub?.id,
    service_day: dayField.value,
    starts_at: at(van.start),
    stops,
  };
  await api.post("/v1/routes", body, { key: van.saveKey });
}

// ---------------------------------------------------------------- showing

function show() {
  const focused = document.activeElement?.id;
  const left = unplaced(plan);
  for (const id of chosen) if (!left.some((each) => each.id === id)) chosen.delete(id);
  byId("waiting-title").textContent = `${left.length} without a route`;
  byId("waiting").replaceChildren(...left.map(waitingRow));
  byId("waiting-empty").hidden = left.length > 0;
  byId("vans").replaceChildren(...plan.vans.map(vanCard));
  byId("vans-empty").hidden = plan.vans.length > 0;
  showActions(left);
  showTotals();
  showMap(left);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** @param {Waiting} shipment */
function waitingRow(shipment) {
  const isChosen = chosen.has(shipment.id);
  const box = element("input", null, { type: "checkbox", id: `choose-${shipment.id}`, checked: isChosen });
  box.addEventListener("change", () => toggle(shipment.id));
  const reason = reasons.get(shipment.id);
  const row = element(
    "li",
    null,
    { class: `job${isChosen ? " chosen" : ""}`, draggable: "true", id: `waiting-${shipment.id}` },
    element("label", null, {}, box, element("b", shipment.reference)),
    element("span", shipment.window ? times.range(shipment.window) : "", { class: "push nowrap" }),
    element("span", `${shipment.recipient_name}, ${shipment.city}`, { class: "soft where" }),
  );
  if (reason) row.append(element("span", `Left: ${REASONS[reason] ?? reason}`, { class: "state st-risk where" }));
  makeDraggable(row, () => (chosen.has(shipment.id) ? [...chosen] : [shipment.id]));
  return row;
}

/** @param {Van} van @param {number} index */
function vanCard(van, index) {
  const name = `van-${van.key}`;
  const title = van.routeId ? driverName(van.driverId) : `New van ${index + 1}`;
  const head = element(
    "div",
    null,
    { class: "head" },
    element("span", null, { class: `swatch van-${index % 6}`, "aria-hidden": "true" }),
    element("h3", title, { id: name }),
    isChanged(van) ? state("info", "not saved") : van.routeId ? state("done", "planned") : "",
    element("span", hoursOf(van), { class: "push soft nowrap" }),
  );
  const list = element("ol", null, { class: "stops" }, ...van.stops.map((stop, i) => stopRow(van, index, stop, i)));
  const card = element("section", null, { class: "panel van", "aria-labelledby": name }, head);
  if (!van.routeId) card.append(vanFields(van));
  if (van.flaw) card.append(element("p", van.flaw, { class: "note st-late", role: "alert" }));
  if (van.told?.is_over_time) {
    card.append(
      element("p", `Back at ${times.time(van.told.back_at)}, after the end of the shift at ${van.end}.`, {
        class: "note st-late",
      }),
    );
  }
  if (van.stops.length) card.append(list);
  else
    card.append(
      element("p", "Drag shipments here, or choose some and press “Put on this van”.", { class: "soft hint" }),
    );
  const assign = element("button", `Put ${chosen.size || ""} on this van`.replace("  ", " "), {
    type: "button",
    id: `assign-${van.key}`,
    disabled: chosen.size === 0,
  });
  assign.addEventListener("click", () => change(put(plan, [...chosen], van.key)));
  const actions = element("div", null, { class: "acts foot" }, assign);
  if (!van.routeId) {
    const gone = element("button", "Remove van", {
      type: "button",
      class: "plain",
      id: `gone-${van.key}`,
      "aria-label": `Remove van: ${title}`,
    });
    gone.addEventListener("click", () => change({ ...plan, vans: plan.vans.filter((each) => each.key !== van.key) }));
    actions.append(gone);
  }
  card.append(actions);
  takeDrops(card, (ids, before) => change(put(plan, ids, van.key, before)));
  return card;
}

/** @param {Van} van */
function vanFields(van) {
  const select = /** @type {HTMLSelectElement} */ (
    element(
      "select",
      null,
      { id: `driver-${van.key}` },
      element("option", "Choose a driver", { value: "" }),
      ...drivers.map((each) => element("option", each.name, { value: each.id, selected: each.id === van.driverId })),
    )
  );
  select.addEventListener("change", () => edit(van, { driverId: select.value || null }));
  return element(
    "div",
    null,
    { class: "acts foot" },
    element("label", null, {}, element("span", "Driver", { class: "ears" }), select),
    hourField(van, "start", "From"),
    hourField(van, "end", "to"),
  );
}

/** @param {Van} van @param {"start" | "end"} field @param {string} label */
function hourField(van, field, label) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", null, { type: "time", id: `${field}-${van.key}`, value: van[field], required: true })
  );
  // A time is typed in two parts: it is taken when it is left, and when the focus is where it goes next.
  input.addEventListener("blur", () => {
    setTimeout(() => input.value && input.value !== van[field] && edit(van, { [field]: input.value }));
  });
  return element("label", null, {}, label, input);
}

/** @param {Van} van @param {Partial<Van>} changes */
function edit(van, changes) {
  change({
    ...plan,
    vans: plan.vans.map((each) => (each.key === van.key ? { ...each, ...changes, flaw: "", saveKey: "" } : each)),
  });
}

/** @param {Van} van @param {number} vanIndex @param {import("./plan.js").Stop} stop @param {number} index */
function stopRow(van, vanIndex, stop, index) {
  const known = stop.shipmentIds.map((id) => names.get(id)).filter(Boolean);
  const label = known.length
    ? known.join(", ")
    : `${stop.shipmentIds.length} shipment${stop.shipmentIds.length === 1 ? "" : "s"}`;
  const detail = stop.told;
  const row = element(
    "li",
    null,
    { class: "stop", "data-index": index, draggable: !stop.stopId ? "true" : null },
    element("span", String(index + 1), { class: `pin van-${vanIndex % 6}`, "aria-hidden": "true" }),
    element("span", label, { class: "name" }),
  );
  if (detail) {
    const arrival = detail.planned_arrival;
    const when = timeOf(times.range(arrival), arrival.point);
    row.append(element("span", null, { class: "when nowrap" }, when));
    if (detail.breaks_window)
      row.append(element("span", null, { class: "mark" }, state("late", `misses ${times.time(detail.window.latest)}`)));
    else if (detail.may_break_window)
      row.append(
        element("span", null, { class: "mark" }, state("risk", `may miss ${times.time(detail.window.latest)}`)),
      );
    else if (detail.window) row.append(element("span", times.range(detail.window), { class: "mark soft" }));
  } else {
    row.append(element("span", null, { class: "when bone short" }));
  }
  if (!stop.stopId) {
    const id = `${van.key}-${stop.shipmentIds[0]}`;
    row.append(
      element(
        "span",
        null,
        { class: "moves" },
        button(`up-${id}`, "↑", `Move ${label} up`, () => change(shift(plan, van.key, index, -1)), index === 0),
        button(
          `down-${id}`,
          "↓",
          `Move ${label} down`,
          () => change(shift(plan, van.key, index, 1)),
          index === van.stops.length - 1,
        ),
        button(`off-${id}`, "✕", `Take ${label} off`, () => change(put(plan, stop.shipmentIds, null))),
      ),
    );
    makeDraggable(row, () => stop.shipmentIds);
  }
  return row;
}

/** @param {string} id @param {string} sign @param {string} words @param {() => void} act @param {boolean} [isOff] */
function button(id, sign, words, act, isOff = false) {
  const made = element("button", sign, {
    type: "button",
    class: "plain square",
    id,
    "aria-label": words,
    disabled: isOff,
  });
  made.addEventListener("click", act);
  return made;
}

/** @param {Van} van */
function hoursOf(van) {
  const after = van.told?.after;
  const count = `${van.stops.length} stop${van.stops.length === 1 ? "" : "s"}`;
  return after && after.stops ? `${count} · ${hours(after.duration_s)} · back ${times.time(van.told.back_at)}` : count;
}

/** @param {Waiting[]} left */
function showActions(left) {
  const placed = plan.vans.some((van) => van.stops.length > 1);
  const wanted = chosen.size ? chosen.size : left.length;
  setButton("order", !placed, "Suggest order");
  setButton(
    "fill",
    !plan.vans.length || !wanted,
    chosen.size ? `Put ${wanted} chosen on vans` : `Put all${wanted ? ` ${wanted}` : ""} on vans`,
  );
  const changes = plan.vans.filter(isChanged).length;
  setButton("save", !changes, changes ? `Save ${changes} route${changes === 1 ? "" : "s"}` : "Save");
  byId("undo").hidden = !undoable;
  byId("choose-all").textContent = chosen.size && chosen.size === left.length ? "Choose none" : "Choose all";
  /** @type {HTMLButtonElement} */ (byId("choose-all")).disabled = left.length === 0;
  /** @type {HTMLButtonElement} */ (byId("choose-shown")).disabled = left.length === 0;
}

/** @param {string} id @param {boolean} isOff @param {string} words */
function setButton(id, isOff, words) {
  const made = /** @type {HTMLButtonElement} */ (byId(id));
  made.disabled = isOff;
  made.textContent = words;
}

function showTotals() {
  const isKnown = told && plan.vans.length && plan.vans.every((van) => van.told);
  if (!isKnown) {
    const words = plan.vans.length
      ? "Asking for the times …"
      : "Hours, distance and windows of all vans are shown here.";
    byId("totals").replaceChildren(
      element("div", null, {}, element("dt", "All vans"), element("dd", words, { class: "soft" })),
    );
    return;
  }
  const { before, after } = told;
  /** @param {string} term @param {(of: any) => string} written */
  const figure = (term, written) => {
    const [was, is] = [written(before), written(after)];
    const isOther = told.optimizer && before.stops === after.stops && was !== is;
    return element(
      "div",
      null,
      {},
      element("dt", term),
      element("dd", null, {}, element("b", is), isOther ? element("span", ` was ${was}`, { class: "soft" }) : ""),
    );
  };
  byId("totals").replaceChildren(
    figure("Stops", (of) => String(of.stops)),
    figure("On the road", (of) => hours(of.duration_s)),
    figure("Driving", (of) => hours(of.driving_s)),
    figure("Waiting", (of) => hours(of.waiting_s)),
    figure("Distance (straight)", (of) => `${Math.round(of.distance_m / 1000)} km`),
    figure("Windows broken", (of) => `${of.broken_windows} of ${of.stops}`),
  );
}

/** @param {Waiting[]} left */
function showMap(left) {
  if (!map) return;
  const points = left.map((each) => ({
    ...each,
    words: each.reference,
    isChosen: chosen.has(each.id),
    isLate: false,
    van: null,
  }));
  const onVans = plan.vans.flatMap((van, index) => van.stops.flatMap((stop) => placeOf(stop, index)));
  const ways = plan.vans.map((van, index) => {
    const path = van.stops.flatMap((stop) => placeOf(stop, index));
    return { van: index, path: path.length ? [page.hubPlace, ...path, page.hubPlace] : [] };
  });
  map.show([...points, ...onVans], ways);
}

/** @param {import("./plan.js").Stop} stop @param {number} van */
function placeOf(stop, van) {
  const id = stop.shipmentIds[0] ?? "";
  const place = stop.told ?? plan.waiting.get(id);
  if (!place) return [];
  const words = names.get(id) ?? "";
  return [
    {
      id,
      words,
      lat_deg: place.lat_deg,
      lon_deg: place.lon_deg,
      isChosen: false,
      isLate: Boolean(stop.told?.breaks_window),
      van,
    },
  ];
}

/** @param {string | null} id */
function driverName(id) {
  return drivers.find((each) => each.id === id)?.name ?? "Planned route";
}

/** "7 h 05" @param {number} seconds */
function hours(seconds) {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
}

/** @param {string} words @param {string} [kind] */
function say(words, kind = "info") {
  const note = byId("note");
  note.hidden = !words;
  note.className = `note st-${kind}`;
  note.textContent = words;
}

/** @param {boolean} isBusy */
function busy(isBusy) {
  byId("board").setAttribute("aria-busy", String(isBusy));
}

/** @param {string} id */
function toggle(id) {
  if (!chosen.delete(id)) chosen.add(id);
  show();
}

/** Tomorrow at the hub, like 2026-11-29. */
function tomorrow() {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
  return new Date(Date.parse(`${today}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

// ---------------------------------------------------------------- dragging

/** @type {string[]} */
let dragged = [];

/** @param {HTMLElement} row @param {() => string[]} ids */
function makeDraggable(row, ids) {
  row.addEventListener("dragstart", (event) => {
    dragged = ids();
    event.dataTransfer?.setData("text/plain", dragged.join(" "));
    event.stopPropagation();
  });
  row.addEventListener("dragend", () => (dragged = []));
}

/** @param {HTMLElement} target @param {(ids: string[], before: number) => void} take */
function takeDrops(target, take) {
  target.addEventListener("dragover", (event) => {
    if (!dragged.length) return;
    event.preventDefault();
    target.classList.add("over");
  });
  target.addEventListener("dragleave", () => target.classList.remove("over"));
  target.addEventListener("drop", (event) => {
    if (!dragged.length) return;
    event.preventDefault();
    const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    take(dragged, row ? Number(row.getAttribute("data-index")) : Infinity);
    dragged = [];
  });
}

// ---------------------------------------------------------------- beginning

if (hub && map) {
  takeDrops(byId("waiting-panel"), (ids) => change(put(plan, ids, null)));
  dayField.addEventListener("change", () => {
    if (!dayField.value) return;
    byId("day-words").textContent = dayInWords(dayField.value);
    load();
  });
  byId("reload").addEventListener("click", load);
  byId("order").addEventListener("click", () => ask([]));
  byId("fill").addEventListener("click", () => ask(chosen.size ? [...chosen] : unplaced(plan).map(({ id }) => id)));
  byId("save").addEventListener("click", save);
  byId("undo").addEventListener("click", () => {
    if (!undoable) return;
    plan = undoable;
    undoable = null;
    show();
    preview();
  });
  byId("add-van").addEventListener("click", () => {
    number += 1;
    const taken = new Set(plan.vans.map((van) => van.driverId));
    const driverId = drivers.find((each) => !taken.has(each.id))?.id ?? null;
    const van = {
      key: `new-${number}`,
      routeId: null,
      etag: "",
      driverId,
      start: "08:00",
      end: "16:00",
      startsAt: "",
      stops: [],
    };
    change({ ...plan, vans: [...plan.vans, van] });
    byId(`driver-${van.key}`).focus();
  });
  byId("choose-all").addEventListener("click", () => {
    const left = unplaced(plan);
    const isAll = chosen.size === left.length;
    chosen.clear();
    if (!isAll) for (const { id } of left) chosen.add(id);
    show();
  });
  byId("choose-shown").addEventListener("click", () => {
    chosen.clear();
    for (const each of unplaced(plan)) if (map.shows(each)) chosen.add(each.id);
    show();
  });
  byId("zoom-in").addEventListener("click", () => map.zoom(1));
  byId("zoom-out").addEventListener("click", () => map.zoom(-1));
  window.addEventListener("beforeunload", (event) => {
    if (plan.vans.some(isChanged)) event.preventDefault();
  });
  dayField.value ||= tomorrow();
  byId("day-words").textContent = dayInWords(dayField.value);
  load();
}
