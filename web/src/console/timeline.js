// Routes as bars on a time line: planned, promised and expected arrival of each stop. A line that leans to the right is
// later than planned.

import { element, state } from "./elements.js";
import { ageWords, KINDS, standingWords } from "./fleet.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT_PX = 42;
const OLD_S = 180;
const HOUR_MS = 3_600_000;

/** @typedef {import("./fleet.js").VanNow} VanNow */
/** @typedef {import("./fleet.js").StopNow} StopNow */
/** @typedef {{ from: number, to: number }} Frame */

/** The hours that are shown: some before now, up to the last stop. @param {number} now @param {StopNow[]} stops @returns {Frame} */
export function frameOf(now, stops) {
  const ends = stops.map((stop) => Math.max(stop.eta?.to ?? 0, stop.promise?.to ?? 0));
  const half = HOUR_MS / 2;
  const ahead = Math.max(1.2 * HOUR_MS, Math.min(Math.max(0, ...ends) - now, 9 * HOUR_MS));
  const behind = Math.max(half, Math.min(ahead / 3, 2 * HOUR_MS));
  return { from: Math.floor((now - behind) / half) * half, to: Math.ceil((now + ahead) / half) * half };
}

/** @param {SVGElement} axis @param {Frame} frame @param {number} now @param {import("./times.js").Times} times */
export function drawAxis(axis, frame, now, times) {
  const hours = [];
  const length = frame.to - frame.from;
  const step = length > 4 * HOUR_MS ? HOUR_MS : HOUR_MS / 2;
  for (let at = frame.from + step; at < frame.to; at += step) {
    if (Math.abs(at - now) > length / 12) {
      hours.push(svg("text", { x: share(at, frame), y: 16, "text-anchor": "middle" }, times.time(new Date(at))));
    }
  }
  const label = svg("text", { x: share(now, frame), y: 16, "text-anchor": "middle", class: "at-now" });
  label.textContent = `now ${times.time(new Date(now))}`;
  axis.replaceChildren(...hours, label);
}

/**
 * @param {VanNow} van
 * @param {StopNow[] | null} stops null while its plan is not there
 * @param {{ frame: Frame, now: number, name: string, href: string, times: import("./times.js").Times }} around
 */
export function lane(van, stops, { frame, now, name, href, times }) {
  const isOld = (van.heardS ?? 0) > OLD_S;
  const next = stops?.find((stop) => stop.place === van.next);
  const nextWords = next?.eta ? ` · next ${range(next.eta, times)}` : "";
  const oldWords = isOld ? ` · ${ageWords(van.heardS ?? 0)} old` : "";
  const who = element(
    "span",
    null,
    { class: "who-lane" },
    element("b", name),
    state(KINDS[van.standing] ?? "ok", standingWords(van)),
    element("span", `${van.done} of ${van.total}${nextWords}${oldWords}`, { class: "soft" }),
  );
  const day = svg("svg", { class: `day${isOld ? " stale" : ""}`, "aria-hidden": "true" });
  day.append(svg("line", { class: "now", x1: share(now, frame), x2: share(now, frame), y1: 0, y2: HEIGHT_PX }));
  for (const [i, stop] of (stops ?? []).entries()) day.append(...mark(stop, i, frame));
  const link = element("a", null, { class: "lane", href }, who, day);
  return element("li", null, {}, link);
}

/** @param {StopNow} stop @param {number} i @param {Frame} frame */
function mark(stop, i, frame) {
  const made = [];
  const { planned, promise, eta, kind } = stop;
  const isAhead = kind !== "done";
  if (planned !== null && planned > frame.from) {
    made.push(svg("line", { class: "planned", x1: share(planned, frame), x2: share(planned, frame), y1: 3, y2: 9 }));
    if (eta)
      made.push(svg("line", { class: "lean", x1: share(planned, frame), x2: share(eta.point, frame), y1: 9, y2: 17 }));
  }
  if (promise && isAhead) {
    const x = share(promise.from, frame);
    const width = `${((Math.max(0, promise.to - Math.max(promise.from, frame.from)) / (frame.to - frame.from)) * 100).toFixed(2)}%`;
    made.push(svg("rect", { class: "promised", x, width, y: 31 + (i % 3) * 3.6, height: 2.6, rx: 1.3 }));
  }
  const at = eta?.point ?? planned;
  if (at === null || at < frame.from) return made;
  const group = svg("g", { class: `st-${kind}` });
  if (eta)
    group.append(svg("line", { class: "whisk", x1: share(eta.from, frame), x2: share(eta.to, frame), y1: 22, y2: 22 }));
  const box = svg("svg", { x: share(at, frame), y: 22, overflow: "visible" });
  box.append(shape(kind));
  group.append(box);
  return [...made, group];
}

/** @param {import("./fleet.js").Kind} kind */
function shape(kind) {
  if (kind === "late") return svg("path", { d: "M0-5 5 0 0 5-5 0z", class: "fill" });
  if (kind === "risk") return svg("path", { d: "M0-5 5 4H-5z", class: "fill" });
  if (kind === "done") return svg("path", { d: "M-3.5 0-1 2.5 3.5-3", class: "tick" });
  return svg("circle", { r: 4, class: kind === "info" ? "hollow" : "fill" });
}

/** @param {number} at @param {Frame} frame */
function share(at, { from, to }) {
  return `${(Math.max(0, Math.min(1, (at - from) / (to - from))) * 100).toFixed(2)}%`;
}

/** @param {import("./fleet.js").Span} span @param {import("./times.js").Times} times */
export function range({ from, to }, times) {
  return `${times.time(new Date(from))}–${times.time(new Date(to))}`;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function svg(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}
