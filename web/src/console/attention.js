// The attention list: most urgent first, by mouse and by keyboard; taken, snoozed and done are seen by all colleagues.

import { byId } from "../shared/elements.js";
import { actionOf, button, handle, heldWords, inMinutes, kindOf, linkOf, stateOf, titleOf, whyOf } from "./concerns.js";
import { element, focusOn } from "./elements.js";
import { ageWords } from "./fleet.js";
import { openConsole } from "./shell.js";

const AGAIN_MS = 30_000;
/** @type {[string, string, Record<string, string>][]} */
const TABS = [
  ["open", "Open", {}],
  ["mine", "Mine", { handled: "taken" }],
  ["snoozed", "Snoozed", { handled: "snoozed" }],
  ["done", "Done", { handled: "done" }],
];
/** @type {Record<string, string>} */
const NOTHING = {
  open: "Nothing needs you",
  mine: "You have taken nothing",
  snoozed: "Nothing is snoozed",
  done: "Nothing that is still so is done",
};
const SNOOZES = [
  [15, "15 minutes"],
  [60, "1 hour"],
  [240, "4 hours"],
  [1_440, "1 day"],
];

const console_ = openConsole();
const { api, page, times, toast, fail } = console_;
/** @type {Map<string, any>} */
const drivers = new Map();
/** @type {any[]} */
let items = [];
/** @type {string | null} */
let cursor = null;
let tab = "open";
let chosen = "";
let loadedAt = 0;

function showTabs() {
  byId("tabs").replaceChildren(
    ...TABS.map(([name, words]) => {
      const made = button(words, () => {
        tab = name;
        chosen = "";
        showTabs();
        focusOn(byId("tabs"), '[aria-pressed="true"]');
        load();
      });
      made.setAttribute("aria-pressed", String(tab === name));
      return made;
    }),
  );
}

async function load() {
  const query = TABS.find(([name]) => name === tab)?.[2];
  try {
    const { data } = await api.ask("GET", "/v1/attention", { query: { limit: 50, ...query } });
    ({ next_cursor: cursor } = data);
    items = data.data.map(withHandled);
    loadedAt = Date.now();
  } catch (error) {
    toast(fail(error));
  }
  show();
}

async function more() {
  const query = TABS.find(([name]) => name === tab)?.[2];
  const { data } = await api.ask("GET", "/v1/attention", { query: { limit: 50, ...query, cursor } });
  ({ next_cursor: cursor } = data);
  items.push(...data.data.map(withHandled));
  show();
}

/** An entry of the list, as the live view has it too. @param {any} concern */
function withHandled(concern) {
  const { handling, shipment } = concern;
  return {
    ...concern,
    handled: tab === "open" ? (handling?.state === "taken" ? "taken" : "open") : (handling?.state ?? "open"),
    shipment_id: concern.shipment_ids[0] ?? null,
    reference: shipment ? `${shipment.recipient_name} · ${shipment.reference}` : null,
    due: (concern.window ?? concern.promise)?.latest ?? null,
  };
}

function shown() {
  return tab === "mine" ? items.filter((each) => each.handling?.by === page.me.id) : items;
}

function show() {
  const list = shown();
  const focused = document.activeElement?.closest(".issue")?.getAttribute("data-id");
  byId("items").replaceChildren(...list.map(itemOf));
  if (focused) focusOn(byId("items"), `[data-id="${focused}"] a`);
  const empty = byId("empty");
  empty.hidden = list.length > 0;
  const [title, text] = empty.children;
  if (title) title.textContent = NOTHING[tab] ?? "";
  if (text)
    text.textContent =
      tab === "open"
        ? "Vans, promises and messages are watched."
        : "What you or a colleague put here shows up for everybody.";
  byId("more-box").hidden = cursor === null;
  byId("age").textContent = `Most urgent first · ${times.time(new Date(loadedAt))}`;
  showItem();
}

/** @param {any} concern */
function itemOf(concern) {
  const held = heldWords(concern, page, times);
  const about = element("a", titleOf(concern, drivers), {
    href: linkOf(concern, page.base),
    "aria-current": concern.id === chosen ? "true" : null,
  });
  about.addEventListener("focus", () => choose(concern.id));
  const acts = element(
    "div",
    null,
    { class: "act" },
    element("a", actionOf(concern), { class: "button", href: linkOf(concern, page.base) }),
  );
  if (page.mayAct) acts.append(...quickActs(concern));
  const made = element(
    "li",
    null,
    { class: `issue st-${kindOf(concern)}${concern.id === chosen ? " on" : ""}`, "data-id": concern.id },
    element(
      "div",
      null,
      { class: "first" },
      stateOf(concern),
      element("span", sinceWords(concern), { class: "soft small" }),
    ),
    element("h2", null, {}, about),
    element("p", whyOf(concern, times), { class: "why" }),
    acts,
  );
  if (held) made.insertBefore(element("p", held, { class: "small held" }), acts);
  made.addEventListener("click", (event) => {
    if (event.target instanceof Element && !event.target.closest("a, button")) about.focus();
  });
  return made;
}

/** @param {any} concern */
function sinceWords(concern) {
  const apart = (Date.now() - Date.parse(concern.look_at)) / 1000;
  return `${apart >= 0 ? "since" : "by"} ${times.moment(concern.look_at)} · ${ageWords(Math.abs(apart))}`;
}

/** @param {any} concern */
function quickActs(concern) {
  const isMine = concern.handled === "taken" && concern.handling?.by === page.me.id;
  return [
    isMine || concern.handled !== "open"
      ? button("Give back", () => act(concern, { state: "open" }), "plain")
      : button("Take", () => act(concern, { state: "taken" }), "plain"),
  ];
}

/** @param {any} concern @param {{ state: string, until?: string }} wanted */
async function act(concern, wanted) {
  const said = await handle(console_, concern, wanted);
  toast(said);
  const isHidden = tab === "open" && ["snoozed", "done"].includes(concern.handled);
  if (isHidden) {
    const at = items.indexOf(concern);
    items.splice(at, 1);
    chosen = items[Math.min(at, items.length - 1)]?.id ?? "";
    show();
    focusOn(byId("items"), `[data-id="${chosen}"] a`);
  } else show();
}

/** @param {string} id */
function choose(id) {
  if (chosen === id) return;
  chosen = id;
  for (const each of byId("items").children) {
    const isOn = each.getAttribute("data-id") === id;
    each.classList.toggle("on", isOn);
    each.querySelector("h2 a")?.toggleAttribute("aria-current", isOn);
  }
  showItem();
}

function showItem() {
  const concern = items.find((each) => each.id === chosen);
  const body = byId("item-body");
  if (!concern) return;
  byId("item-title").replaceChildren(titleOf(concern, drivers), " ", stateOf(concern));
  /** @type {[string, string | null | undefined | false][]} */
  const facts = [
    ["Driver", concern.driver_id && drivers.get(concern.driver_id)?.name],
    ["Expected", concern.eta && times.range(concern.eta)],
    ["Promised", concern.promise && times.range(concern.promise)],
    ["Window", concern.window && times.range(concern.window)],
    ["Risk", concern.risk !== null && `${Math.round(concern.risk * 100)} % that the promise breaks`],
    ["Customer", concern.shipment?.recipient_name],
    ["City", concern.shipment?.city],
    ["Reason", concern.shipment?.reason],
    ["Said", concern.shipment?.report?.text ?? concern.shipment?.rating?.comment],
    ["State", heldWords(concern, page, times) || "nobody has it"],
  ];
  const list = element("dl", null, { class: "facts" });
  for (const [name, value] of facts) if (value) list.append(element("dt", name), element("dd", value));
  const acts = element(
    "p",
    null,
    { class: "acts" },
    element("a", actionOf(concern), { class: "button primary", href: linkOf(concern, page.base) }),
  );
  body.replaceChildren(element("p", whyOf(concern, times)), list, acts);
  if (!page.mayAct) return;
  const snooze = /** @type {HTMLSelectElement} */ (
    element("select", null, { "aria-label": "Snooze" }, element("option", "Snooze …", { value: "" }))
  );
  for (const [minutes, words] of SNOOZES) snooze.append(element("option", String(words), { value: Number(minutes) }));
  snooze.addEventListener("change", () =>
    act(concern, { state: "snoozed", until: inMinutes(Number(snooze.value), Date.now()) }),
  );
  body.append(
    element(
      "p",
      null,
      { class: "acts" },
      ...quickActs(concern),
      snooze,
      button("Done", () => act(concern, { state: "done" })),
    ),
  );
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target instanceof Element && event.target.closest("input, select, textarea, dialog")) return;
  const list = shown();
  const at = list.findIndex((each) => each.id === chosen);
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step && list.length) {
    event.preventDefault();
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
    focusOn(byId("items"), `[data-id="${next.id}"] h2 a`);
  } else if (page.mayAct && list[at]) {
    const wanted = {
      t: { state: "taken" },
      s: { state: "snoozed", until: inMinutes(15, Date.now()) },
      d: { state: "done" },
    }[event.key];
    if (wanted) act(list[at], wanted);
  }
}

document.addEventListener("keydown", onKey);
byId("more").addEventListener("click", () => more().catch((error) => toast(fail(error))));
showTabs();
load();
setInterval(() => {
  if (!document.hidden) load();
}, AGAIN_MS);
api
  .all("/v1/drivers")
  .then((found) => {
    for (const driver of found) drivers.set(driver.id, driver);
    show();
  })
  .catch(() => {});
