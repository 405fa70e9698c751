// What an edit would do to everybody, shown before it is done.

import { button } from "./concerns.js";
import { element, inWords, state } from "./elements.js";
import { ms } from "./fleet.js";

const SEEN_MIN = 1;

/**
 * @typedef {object} Effect what a dry run answers
 * @property {any[]} stops
 * @property {string[]} broken_windows
 * @property {{ shipment_id: string, event: string, promise: any }[]} told
 */

/**
 * @param {HTMLElement} panel
 * @param {object} given
 * @param {string} given.title
 * @param {[string, Effect][]} given.effects one for each route, by whose it is
 * @param {(id: string) => string} given.nameOf a stop's customers
 * @param {import("./times.js").Times} given.times
 * @param {string} [given.warning]
 * @param {() => Promise<void>} given.onDo
 * @param {() => void} given.onCancel
 */
export function showEffect(panel, { title, effects, nameOf, times, warning = "", onDo, onCancel }) {
  const go = button("Do it", async () => {
    go.disabled = true;
    try {
      await onDo();
    } finally {
      go.disabled = false;
    }
  });
  go.className = "primary";
  const acts = element("p", null, { class: "acts" }, go, button("Leave it as it is", onCancel));
  const head = element(
    "div",
    null,
    { class: "head" },
    element("h2", title, { id: "effect-title" }),
    element("span", "Not done yet", { class: "soft small push" }),
  );
  const body = element("div", null, { class: "body" });
  if (warning) body.append(element("p", warning, { class: "note st-risk", role: "alert" }));
  for (const [whose, effect] of effects) body.append(...effectOf(whose, effect, nameOf, times));
  body.append(acts);
  panel.replaceChildren(head, body);
  panel.hidden = false;
  panel.focus();
  panel.scrollIntoView({ block: "nearest" });
}

/**
 * @param {string} whose
 * @param {Effect} effect
 * @param {(id: string) => string} nameOf
 * @param {import("./times.js").Times} times
 */
function effectOf(whose, effect, nameOf, times) {
  const rows = effect.stops
    .filter((stop) => stop.eta_before || stop.eta_after)
    .map((stop) => rowOf(stop, nameOf, times));
  const changed = rows.filter(({ isChanged }) => isChanged);
  const broken = effect.broken_windows.length;
  const told = effect.told.length;
  const words = [
    changed.length ? `${changed.length} of ${rows.length} stops come at another time` : "No stop comes at another time",
    told ? `${told} ${told === 1 ? "customer is" : "customers are"} told` : "no customer is told",
    broken ? `${broken} ${broken === 1 ? "window breaks" : "windows break"}` : "no window breaks",
  ];
  const table = element(
    "table",
    null,
    {},
    element(
      "thead",
      null,
      {},
      element(
        "tr",
        null,
        {},
        ...["Customer", "Before", "After", "+/− min", "State"].map((name, i) =>
          element("th", name, { scope: "col", class: i > 0 && i < 4 ? "num" : null }),
        ),
      ),
    ),
  );
  table.append(element("tbody", null, {}, ...changed.map(({ row }) => row)));
  const made = [element("h3", whose), element("p", `${words.join(", ")}.`)];
  if (changed.length)
    made.push(
      element("div", null, { class: "scroll", tabindex: 0, role: "region", "aria-label": `Effect on ${whose}` }, table),
    );
  return made;
}

/** @param {any} stop @param {(id: string) => string} nameOf @param {import("./times.js").Times} times */
function rowOf(stop, nameOf, times) {
  const { eta_before: before, eta_after: after } = stop;
  const minutes = before && after ? Math.round((ms(after.point) - ms(before.point)) / 60_000) : null;
  const isChanged = minutes === null || Math.abs(minutes) >= SEEN_MIN;
  const due = (stop.window ?? stop.promise_after ?? stop.promise_before)?.latest;
  const isLate = after && due && ms(after.point) > ms(due);
  const wasLate = before && due && ms(before.point) > ms(due);
  let said = /** @type {Node | string} */ ("");
  if (!stop.is_planned) said = state("info", "Taken off");
  else if (stop.breaks_window) said = state("late", "Window breaks");
  else if (isLate) said = state("late", "Late");
  else if (wasLate) said = state("ok", "On time again");
  const cells = [
    element("th", nameOf(stop.id), { scope: "row" }),
    element("td", before ? times.range(before) : "–", { class: "num" }),
    element("td", after ? times.range(after) : "–", { class: "num" }),
    element("td", minutes === null ? "–" : `${minutes > 0 ? "+" : ""}${minutes}`, { class: "num" }),
    element("td", null, {}, said),
  ];
  return { isChanged, row: element("tr", null, {}, ...cells) };
}

/** What has become of a plan since it was read, in sentences. @param {any} before @param {any} after @param {(id: string) => string} nameOf @returns {string} */
export function changesBetween(before, after, nameOf) {
  const old = before.stops.map((/** @type {any} */ stop) => stop.id);
  const now = after.stops.map((/** @type {any} */ stop) => stop.id);
  const gone = old.filter((/** @type {string} */ id) => !now.includes(id)).map(nameOf);
  const come = now.filter((/** @type {string} */ id) => !old.includes(id)).map(nameOf);
  const kept = now.filter((/** @type {string} */ id) => old.includes(id));
  const wasKept = old.filter((/** @type {string} */ id) => now.includes(id));
  const moved = kept.filter((/** @type {string} */ id, /** @type {number} */ i) => wasKept[i] !== id).map(nameOf);
  const said = [
    gone.length ? `taken off: ${gone.join(", ")}` : "",
    come.length ? `new: ${come.join(", ")}` : "",
    moved.length ? `in another place: ${moved.join(", ")}` : "",
    before.driver_id === after.driver_id ? "" : "another driver has the route",
    before.status === after.status ? "" : `the route is ${inWords(after.status).toLowerCase()} now`,
  ].filter(Boolean);
  return `Somebody has changed this route since you read it${said.length ? ` (${said.join("; ")})` : ""}. Below is what your change does to the plan of now.`;
}
