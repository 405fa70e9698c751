// The thread of a shipment: what was said and how long ago, answers that take one tap, and own words.
import { ageOf } from "./ages.js";
import { button, h } from "./dom.js";
import { isOpen, threadOf } from "./threads.js";
import { undoable } from "./undo.js";

const REPLIES = ["on_my_way", "five_minutes", "at_the_door", "cannot_find_entrance", "please_come_down"];
const MORE_REPLIES = ["okay", "thank_you"];
const MOST_CHARACTERS = 500;
const READ_EVERY_MS = 15_000;
const SHOWN = 3;

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function talk(app) {
  const { say, data } = app;
  const found = shipmentOf(app);
  const back = button(say("stop.title"), () => app.show("next", { stop: found?.stop.id ?? "" }));
  if (!found) return { title: say("talk.title"), body: [h("p", { class: "card" }, say("talk.gone"))], dock: [back] };
  if (app.isMoving()) {
    const wait = h("section", { class: "card driving" }, h("p", { class: "where" }, say("talk.moving")));
    return {
      title: say("talk.title"),
      body: [wait],
      dock: [button(say("stop.still"), app.standStill, "alt wide"), back],
    };
  }
  const { shipment, stop } = found;
  const lines = h("ol", { class: "thread" });
  const update = () => {
    const all = threadOf(data.state.messages, data.own(), shipment.id).map((each) => bubble(app, each));
    lines.replaceChildren(...all);
    if (all.length > SHOWN) all[all.length - SHOWN]?.setAttribute("data-first", ""); // the newest beside the answers
    void seen(app, shipment.id);
  };
  update();
  const every = setInterval(() => void app.read(), READ_EVERY_MS);
  app.whenLeft(() => clearInterval(every));
  void app.read();

  /** @param {{ text: string } | { quick_reply: string }} draft */
  async function write(draft) {
    const label = shipment.recipient_name;
    const body = { shipment_id: shipment.id, ...draft };
    const id = await app.act({ kind: "message", label, stop_id: stop.id, body }, { canUndo: true });
    if (!id) return;
    if ("text" in draft) await keepWords(app, shipment.id, "");
    app.show("talk", { shipment: shipment.id });
    undoable(app, say("what.message", { what: label }), id, () => {
      if (!("text" in draft)) app.show("talk", { shipment: shipment.id });
      else void keepWords(app, shipment.id, draft.text).then(() => app.show("talk", { shipment: shipment.id }));
    });
  }

  const quick = (/** @type {string} */ name) => button(say(`quick.${name}`), () => void write({ quick_reply: name }));
  return {
    title: shipment.recipient_name,
    body: [
      h("p", { class: "when" }, [stop.shipments[0]?.address_lines[0], shipment.reference].filter(Boolean).join(" · ")),
      lines,
      ...(isOpen(shipment)
        ? [
            h("div", { class: "tiles", role: "group", "aria-label": say("talk.quick") }, ...REPLIES.map(quick)),
            h("div", { class: "tiles" }, ...MORE_REPLIES.map(quick)),
            ownWords(app, shipment.id, (text) => void write({ text })),
          ]
        : [h("p", { class: "card" }, say("talk.early"))]),
    ],
    dock: [back],
    update,
  };
}

/** @param {App} app */
function shipmentOf({ data, params }) {
  const stops = data.route()?.stops ?? [];
  for (const stop of stops)
    for (const shipment of stop.shipments) if (shipment.id === params.shipment) return { stop, shipment };
  return null;
}

/**
 * What is on the screen has been read; both sides learn of it.
 * @param {App} app
 * @param {string} shipmentId
 */
async function seen({ data, act }, shipmentId) {
  const newest = data.unread(shipmentId).at(-1);
  if (!newest || document.visibilityState !== "visible") return;
  await data.keep({ readUpTo: { ...data.state.readUpTo, [shipmentId]: newest.id } });
  await act({ kind: "seen", label: "", body: { shipment_id: shipmentId, message_id: newest.id } });
}

/**
 * @param {App} app
 * @param {import("./threads.js").Line} line
 */
function bubble(app, { author, text, quick_reply: quick, at, state }) {
  const { say } = app;
  const isOwn = author === "driver";
  const words = quick && `quick.${quick}` in app.page.words ? say(`quick.${quick}`) : text;
  const when =
    state === "waiting" ? say("talk.waits") : state === "refused" ? say("talk.back") : ageOf(app, at, state !== null);
  return h(
    "li",
    { class: isOwn ? "bubble me" : "bubble" },
    h("small", {}, say(`talk.${author}`)),
    h("p", { dir: "auto" }, words),
    h("small", {}, when),
  );
}

/**
 * @param {App} app
 * @param {string} shipmentId
 * @param {(text: string) => void} onSend
 */
function ownWords(app, shipmentId, onSend) {
  const field = h("textarea", {
    ...{ id: "own-words", class: "field", rows: 3, maxlength: MOST_CHARACTERS, dir: "auto", autocomplete: "off" },
    oninput: () => void keepWords(app, shipmentId, field.value),
  });
  field.value = app.data.state.words[shipmentId] ?? "";
  return h(
    "form",
    {
      class: "card",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const text = field.value.trim();
        if (text) onSend(text);
        else field.focus();
      },
    },
    h("label", { for: "own-words" }, app.say("talk.own")),
    field,
    h("button", { class: "alt wide" }, app.say("talk.send")),
  );
}

/**
 * @param {App} app
 * @param {string} shipmentId
 * @param {string} text
 */
async function keepWords(app, shipmentId, text) {
  app.data.state.words[shipmentId] = text;
  try {
    await app.data.keep({ words: { ...app.data.state.words, [shipmentId]: text } });
    app.trouble("storage", null);
  } catch {
    app.trouble("storage", app.say("trouble.storage"));
  }
}
