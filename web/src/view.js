// Shows a state in the page that the server rendered. Only text is set, never markup: nothing in a state can become code.
import { ageInWords } from "./ages.js";

const byId = (id) => document.getElementById(id);

/** Bring every part of the page up to date. */
export function showState(state, proofBase) {
  const { words } = state;
  document.title = words.title;
  byId("answer").dataset.tone = words.tone;
  byId("road").dataset.progress = words.progress;
  setText("status", words.status);
  setText("headline-lead", words.headline.lead);
  setText("headline-main", words.headline.main);
  byId("headline-main").dataset.size = words.headline.size;
  setList("facts", words.nearness, (text) => element("li", { text }));
  byId("facts").hidden = words.nearness.length === 0;
  setList("details", words.details, (text) => element("p", { text, className: "detail" }));
  setText("seen", words.seen?.text);
  showChange(words.change);
  byId("map").hidden = !words.map.is_shown;
  setText("map-text", words.map.text);
  showEnding(words.ending, proofBase);
  setList("timeline", [...words.story].reverse(), line);
}

/** Write how old the position is, counted from the server's instant. */
export function showAge(state, serverNow) {
  const { seen } = state.words;
  if (!seen || !serverNow) return;
  const sinceS = (Date.parse(serverNow) - Date.parse(state.server_now)) / 1000;
  setText("seen", ageInWords(seen.forms, seen.age_s + Math.max(0, sinceS)));
}

/** Say that the connection is lost, or null when it is back. */
export function showConnection(text) {
  setText("connection", text);
  document.body.classList.toggle("is-offline", Boolean(text));
}

function showChange(change) {
  byId("change").hidden = !change;
  setText("change-title", change?.title);
  setText("change-text", change?.text);
}

function showEnding(ending, proofBase) {
  byId("ending").hidden = !ending;
  setText("ending-title", ending?.title);
  setText("ending-text", ending?.text);
  setText("ending-note-text", ending?.note);
  byId("ending-note").hidden = !ending?.note;
  byId("pictures").hidden = !ending?.pictures.length;
  setList("pictures", ending?.pictures ?? [], (picture) => {
    const link = element("a", {});
    link.href = proofBase + picture.id;
    const image = element("img", { alt: picture.alt, width: 640, height: 480 });
    image.src = link.href;
    link.append(image);
    return link;
  });
}

function line({ label, detail, at, moment }, index) {
  const item = element("li", {});
  if (index === 0) item.setAttribute("aria-current", "step");
  const time = element("time", { text: moment, dateTime: at });
  item.append(element("p", { text: label, className: "line-label" }));
  if (detail) item.append(element("p", { text: detail, className: "line-detail" }));
  item.append(time);
  return item;
}

function element(name, { text, ...properties }) {
  const made = Object.assign(document.createElement(name), properties);
  if (text) made.textContent = text;
  return made;
}

// Unchanged text is left alone: screen readers and selections stay where they are.
function setText(id, text) {
  const target = byId(id);
  const wanted = text ?? "";
  if (target.textContent !== wanted) target.textContent = wanted;
  if (["seen", "connection", "ending-text"].includes(id)) target.hidden = !wanted;
}

function setList(id, values, make) {
  const target = byId(id);
  const key = JSON.stringify(values);
  if (target.dataset.key === key) return;
  target.dataset.key = key;
  target.replaceChildren(...values.map(make));
}
