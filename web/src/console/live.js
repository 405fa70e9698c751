// The live view: every van on a map and on a time line, and what needs somebody.

import { byId } from "../shared/elements.js";
import { heldWords, kindOf, linkOf, stateOf, titleOf, whyOf } from "./concerns.js";
import { element, focusOn, state } from "./elements.js";
import { ageWords, byTrouble, KINDS, stopsOf, WORDS } from "./fleet.js";
import { startPoll } from "./poll.js";
import { openConsole } from "./shell.js";
import { drawAxis, frameOf, lane } from "./timeline.js";
import { createVanMap } from "./van-map.js";

/** @typedef {import("./fleet.js").VanNow} VanNow */

const FIRST_LANES = 25;
const PLANS_AT_ONCE = 25;
const STATES = ["", "silent", "late", "at_risk", "on_time"];

const console_ = openConsole();
const { api, page, times } = console_;
const selects = {
  hub: /** @type {HTMLSelectElement} */ (byId("of-hub")),
  team: /** @type {HTMLSelectElement} */ (byId("of-team")),
  driver: /** @type {HTMLSelectElement} */ (byId("of-driver")),
};
/** @type {Map<string, any>} */
const drivers = new Map();
/** @type {Map<string, any>} plans by route and version */
const plans = new Map();
/** @type {import("./poll.js").Seen | null} */
let seen = null;
let chosen = "";
let mostLanes = FIRST_LANES;

const map = createVanMap({
  frame: byId("map"),
  ground: page.ground,
  onChoose: (id) => window.location.assign(routeUrl(id)),
});
byId("map-pad").addEventListener("click", (event) => {
  const action = /** @type {Element} */ (event.target).closest("button")?.dataset.action;
  if (action) map.move(action);
});
for (const select of Object.values(selects)) select.addEventListener("change", show);
byId("more-lanes").addEventListener("click", () => {
  mostLanes = Infinity;
  show();
});

/** @param {string} id */
function routeUrl(id) {
  return `${page.base}/console/routes/${id}`;
}

/** @param {VanNow} van */
function nameOf(van) {
  return drivers.get(van.driverId)?.name ?? "Driver";
}

/** The vans that the lists let through, whatever their state. @returns {VanNow[]} */
function wanted() {
  const { hub, team, driver } = selects;
  return (seen?.vans ?? []).filter(
    (van) =>
      (!hub.value || van.hubId === hub.value) &&
      (!team.value || drivers.get(van.driverId)?.team_id === team.value) &&
      (!driver.value || van.driverId === driver.value),
  );
}

function show() {
  if (!seen) return;
  const all = wanted();
  const vans = all.filter((van) => !chosen || van.standing === chosen).sort(byTrouble);
  showStates(all);
  map.show(
    vans.flatMap((van) =>
      van.at
        ? [
            {
              id: van.routeId,
              at: van.at,
              standing: van.standing,
              heading: van.heading,
              ageS: van.ageS,
              label: labelOf(van),
            },
          ]
        : [],
    ),
  );
  showTodo();
  showLanes(vans);
}

/** @param {VanNow} van */
function labelOf(van) {
  const [first = ""] = nameOf(van).split(" ");
  return van.standing === "silent" && van.heardS !== null ? `${first}, ${ageWords(van.heardS)} ago` : first;
}

/** @param {VanNow[]} vans */
function showStates(vans) {
  byId("states").replaceChildren(
    ...STATES.map((standing) => {
      const count = vans.filter((van) => !standing || van.standing === standing).length;
      const inside = standing ? state(KINDS[standing] ?? "ok", WORDS[standing] ?? "") : element("span", "All");
      const button = element(
        "button",
        null,
        { type: "button", "aria-pressed": chosen === standing ? "true" : "false" },
        inside,
        element("span", String(count), { class: "soft" }),
      );
      button.addEventListener("click", () => {
        chosen = standing;
        show();
        byId("states").querySelectorAll("button")[STATES.indexOf(standing)]?.focus();
      });
      return button;
    }),
  );
}

function showTodo() {
  const open = (seen?.live.concerns ?? []).filter(
    (/** @type {any} */ each) => !["snoozed", "done"].includes(each.handled),
  );
  const count = byId("needs-count");
  count.hidden = open.length === 0;
  count.textContent = seen?.live.has_more_concerns ? `${open.length}+` : String(open.length);
  const badge = byId("count-attention");
  badge.hidden = count.hidden;
  badge.textContent = count.textContent;
  const now = seen?.at ?? 0;
  const items = open.slice(0, 12).map((/** @type {any} */ concern) => {
    const held = heldWords(concern, page, times);
    const first = element(
      "span",
      null,
      { class: "first" },
      stateOf(concern),
      element("span", sinceWords(concern, now), { class: "soft small" }),
    );
    const title = element("b", titleOf(concern, drivers));
    const link = element(
      "a",
      null,
      { class: "what", href: linkOf(concern, page.base) },
      first,
      title,
      element("span", whyOf(concern, times), { class: "small soft" }),
    );
    if (held) link.append(element("span", held, { class: "small" }));
    return element("li", null, { class: `st-${kindOf(concern)}` }, link);
  });
  byId("todo").replaceChildren(
    ...(items.length
      ? items
      : [
          element(
            "li",
            null,
            { class: "empty" },
            element("b", "Nothing needs you"),
            "Vans, promises and messages are watched.",
          ),
        ]),
  );
}

/** @param {any} concern @param {number} now */
function sinceWords(concern, now) {
  const apart = (now - Date.parse(concern.look_at)) / 1000;
  return apart >= 0 ? ageWords(apart) : `in ${ageWords(-apart)}`;
}

/** @param {VanNow[]} vans */
async function showLanes(vans) {
  const shown = vans.slice(0, mostLanes);
  await loadPlans(shown);
  const now = seen?.at ?? 0;
  const rows = shown.map((van) => ({ van, stops: stopsWith(van) }));
  const frame = frameOf(
    now,
    rows.flatMap(({ stops }) => stops ?? []),
  );
  drawAxis(/** @type {SVGElement} */ (/** @type {unknown} */ (byId("axis"))), frame, now, times);
  const focused = document.activeElement?.closest("#lanes a")?.getAttribute("href");
  const lanes = rows.map(({ van, stops }) =>
    lane(van, stops, { frame, now, name: nameOf(van), href: routeUrl(van.routeId), times }),
  );
  byId("lanes").replaceChildren(...lanes);
  if (focused) focusOn(byId("lanes"), `a[href="${focused}"]`);
  byId("more-lanes").hidden = shown.length === vans.length;
  const empty = byId("no-lane");
  empty.hidden = vans.length > 0;
  const [title, text] = empty.children;
  if (title) title.textContent = seen?.vans.length ? "No route in this state" : "No van is on the road";
  if (text)
    text.textContent = seen?.vans.length
      ? "Choose “All”, or another hub or team."
      : "A route appears here when its driver starts it.";
}

/** @param {VanNow} van */
function keyOf(van) {
  return `${van.routeId}.${van.planVersion}`;
}

/** @param {VanNow} van */
function stopsWith(van) {
  const plan = plans.get(keyOf(van));
  return plan ? stopsOf(van, plan) : null;
}

/** Plans never change under their version: each is asked for once. @param {VanNow[]} vans */
async function loadPlans(vans) {
  const missing = vans.filter((van) => !plans.has(keyOf(van)));
  for (let i = 0; i < missing.length; i += PLANS_AT_ONCE) {
    const of = missing
      .slice(i, i + PLANS_AT_ONCE)
      .map(keyOf)
      .join(",");
    try {
      const { data } = await api.get("/v1/live/plans", { of });
      for (const plan of data) plans.set(`${plan.route_id}.${plan.plan_version}`, plan);
    } catch {
      return; // the lanes stay without marks; the next look tries again
    }
  }
}

/** @param {HTMLSelectElement} select @param {any[]} entries */
function fill(select, entries) {
  for (const { id, name } of entries) select.append(element("option", name, { value: id }));
}

async function loadPeople() {
  const [hubs, teams, people] = await Promise.all(
    ["/v1/hubs", "/v1/teams", "/v1/drivers"].map((path) => api.all(path)),
  );
  for (const driver of people ?? []) drivers.set(driver.id, driver);
  fill(selects.hub, hubs ?? []);
  fill(selects.team, teams ?? []);
  fill(
    selects.driver,
    [...(people ?? [])].sort((one, other) => one.name.localeCompare(other.name)),
  );
  show();
}

startPoll(console_, {
  age: byId("age"),
  onSeen(now) {
    seen = now;
    show();
  },
});
loadPeople().catch(() => {});
/** @type {any} */ (window).doorstepMap = map;
