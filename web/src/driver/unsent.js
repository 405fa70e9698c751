// What has not been sent yet, and what came back: each a sentence with a way out.
import { button, h } from "./dom.js";
import { positions } from "./end.js";
import { photoField, signatureField } from "./proofs.js";
import { isDone } from "./queue.js";
import { MENDABLE, reopen, taken } from "./visit.js";

/** After this the office takes a delivery also with a wrong PIN: the parcel is gone. */
const PIN_PATIENCE_MS = 10 * 60_000;

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function unsent(app) {
  const { say, data, page } = app;
  const clock = new Intl.DateTimeFormat(page.tag, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: page.hour12,
  });
  const fixes = data.own().filter(({ kind, state }) => kind === "fix" && state === "waiting").length;
  const shown = data.own().filter(({ kind, state }) => isDone(kind) && state !== "sent");
  const lines = shown
    .sort((a, b) => Number(b.state === "refused") - Number(a.state === "refused"))
    .map((entry) => line(app, entry, clock));
  if (fixes)
    lines.push(h("li", {}, h("span", { class: "mark" }, "○"), h("span", {}, `${say("what.fixes")}: ${fixes}`)));
  return {
    title: say("unsent.title"),
    body: [
      h(
        "section",
        { class: "card" },
        lines.length ? h("ul", { class: "parcels" }, ...lines) : h("p", { class: "lead" }, say("unsent.none")),
      ),
      h("p", {}, say("unsent.kept")),
      ...positions(app),
    ],
    dock: [button(say("back"), () => app.show("day"), "go")],
  };
}

/**
 * @param {App} app
 * @param {Entry} entry
 * @param {Intl.DateTimeFormat} clock
 */
function line(app, entry, clock) {
  const { say, data } = app;
  const { problem } = entry;
  const isBack = entry.state === "refused";
  const time = clock.format(new Date(entry.at));
  const again = async () => {
    await data.sendAgain(entry.action_id);
    app.render();
    void app.read();
    dispatchEvent(new Event("online"));
  };
  const away = async () => {
    await data.forget(entry.action_id);
    app.render();
  };
  return h(
    "li",
    { class: isBack ? "came-back" : null },
    h("span", { class: `mark ${isBack ? "no" : ""}`, "aria-hidden": "true" }, isBack ? "!" : "○"),
    h(
      "span",
      {},
      h("strong", {}, say(`what.${entry.kind}`, { what: entry.label })),
      h("small", {}, isBack ? `${time} · ${reason(app, entry, clock)}` : time),
      isBack &&
        h(
          "span",
          { class: "pair" },
          canBeOpened(app, entry) && button(say("unsent.open"), () => void reopen(app, entry)),
          problem?.code === "proof" ? retake(app, entry) : button(say("unsent.again"), again),
          button(say("unsent.away"), away),
        ),
    ),
  );
}

/**
 * Whether the driver can put it right at the stop itself.
 * @param {App} app
 * @param {Entry} entry
 */
function canBeOpened({ data }, { problem, said, stop_id: stopId }) {
  const stop = data.route()?.stops.find(({ id }) => id === stopId);
  return Boolean(said && stop && !stop.is_done && MENDABLE.includes(problem?.code ?? ""));
}

/**
 * Another picture for one that the office could not read.
 * @param {App} app
 * @param {Entry} entry
 */
function retake(app, entry) {
  const isSignature = (entry.proof_kind ?? "") === "signature" || entry.body.content_type === "image/png";
  const kind = isSignature ? "signature" : "photo";
  const words = app.say("unsent.retake");
  const retaken = async (/** @type {Blob} */ blob) => {
    await app.data.retake(entry, taken(app, blob, kind));
    app.render();
    dispatchEvent(new Event("online"));
  };
  if (isSignature)
    return signatureField(app, { summary: h("summary", { class: "alt" }, words), kind: "retake" }, retaken);
  const id = `retake-${entry.seq}`;
  const refusal = h("span", { class: "refusal", role: "alert", hidden: true }, app.say("door.photo_bad"));
  const input = photoField(id, retaken, () => {
    refusal.hidden = false;
  });
  return h("span", { class: "retake" }, input, h("label", { for: id, class: "alt" }, words), refusal);
}

/**
 * @param {App} app
 * @param {Entry} entry
 * @param {Intl.DateTimeFormat} clock
 */
function reason({ say, page }, { problem, at }, clock) {
  const code = problem?.code ?? "other";
  const time = clock.format(Date.parse(at) + PIN_PATIENCE_MS);
  const key = code.startsWith("scan.") ? code : `back.${code}`;
  return key in page.words ? say(key, { time }) : say("back.other", { detail: problem?.detail ?? code });
}
