// A visit from what was begun at the door to its report. What was begun is on the phone's disk at once, because phones
// close a page to make room for the camera.
import { barcodesAboard, nameOf } from "./plan.js";
import { undoable } from "./undo.js";
import { places } from "./wishes.js";

/** What came back because of something that the driver can put right at the stop. */
export const MENDABLE = ["wrong_pin", "invalid_pin", "pin_locked", "several_recipients", "missing_required_proof"];
const PIN_DIGITS = /^\d{6}$/;
const ANSWER_MS = 8_000;
const LOOK_MS = 200;

/** @typedef {{ route: Route, stop: Stop, draft: Draft }} Begun */

/** @param {string} stopId @returns {Draft} */
function blank(stopId) {
  return {
    ...{ stop_id: stopId, photos: [], signature: null, typed: "", by: "", note: "", reason: "", pin: "" },
    ...{ scanned: [], left_out: [] },
  };
}

/**
 * The stop of the screen, and what was begun at it.
 * @param {App} app
 * @returns {Begun | null}
 */
export function begun(app) {
  const route = app.data.route();
  const stop = route?.stops.find(({ id }) => id === app.params.stop) ?? (route && app.data.open(route)[0]) ?? null;
  const { draft } = app.data.state;
  if (!route || !stop) return null;
  return { route, stop, draft: draft?.stop_id === stop.id ? renewed(draft) : blank(stop.id) };
}

/**
 * A draft that an older version of the app has kept has bare pictures.
 * @param {Draft} draft
 */
function renewed(draft) {
  draft.photos = draft.photos.map((each) => picture(each, "photo"));
  draft.signature = draft.signature && picture(draft.signature, "signature");
  return draft;
}

/**
 * @param {Picture | Blob} found
 * @param {Picture["proof_kind"]} kind
 * @returns {Picture}
 */
function picture(found, kind) {
  return found instanceof Blob ? { blob: found, proof_kind: kind, taken_at: null, place: null } : found;
}

/**
 * A picture with when and where it was taken, which the office cannot know otherwise once it comes hours later.
 * @param {App} app
 * @param {Blob} blob
 * @param {Picture["proof_kind"]} kind
 * @returns {Picture}
 */
export function taken(app, blob, kind) {
  return { blob, proof_kind: kind, taken_at: new Date().toISOString(), place: app.here() };
}

/**
 * @param {App} app
 * @param {Draft} draft
 */
export async function kept(app, draft) {
  app.data.state.draft = draft;
  try {
    await app.data.keep({ draft });
    app.trouble("storage", null);
  } catch {
    app.trouble("storage", app.say("trouble.storage"));
  }
}

/**
 * @param {Shipment} shipment
 * @param {Draft} draft
 */
export function hasChosen(shipment, draft) {
  return barcodesAboard(shipment).some((code) => !draft.left_out.includes(code));
}

/**
 * @param {Begun} now
 * @returns {Shipment[]} those of which something is handed over
 */
function chosen({ stop, draft }) {
  return stop.shipments.filter((each) => hasChosen(each, draft));
}

/**
 * Whether the shipper requires this of anything that is handed over, or does not get it.
 * @param {Begun} now
 * @param {"photo" | "signature" | "pin" | "photo_when_failed"} kind
 */
export function requires(now, kind) {
  return chosen(now).some((each) => each[kind] === "required");
}

/** @param {Begun} now */
export function asksPin(now) {
  return chosen(now).some((each) => (each.pin ?? "none") !== "none");
}

/**
 * Why this cannot be reported as delivered yet: the key of a sentence, or none.
 * @param {Begun} now
 */
export function lacks(now) {
  const { draft } = now;
  const some = chosen(now);
  if (!some.length) return "door.parcel_none";
  const pin = digits(draft.pin);
  const hasOwnProof = requires(now, "photo") || requires(now, "signature") || (asksPin(now) && pin);
  if (hasOwnProof && new Set(some.map((each) => each.recipient_name)).size > 1) return "door.one_each";
  if (requires(now, "photo") && !draft.photos.length) return "door.photo_first";
  if (requires(now, "signature") && !draft.signature) return "door.sign_first";
  if (requires(now, "pin") && !pin) return "door.pin_first";
  return asksPin(now) && pin && !PIN_DIGITS.test(pin) ? "door.pin_form" : "";
}

/** @param {string} pin as people read it out and type it */
function digits(pin) {
  return pin.replace(/[\s.-]/g, "");
}

/**
 * Reports how the visit ended. A PIN is judged by the office: the driver waits for the answer at the door, as long as
 * there is one to be had.
 * @param {App} app
 * @param {"deliver" | "fail"} kind
 * @param {Begun} now
 * @returns {Promise<string>} the code of what the driver can put right; empty when it went its way
 */
export async function finish(app, kind, now) {
  const { say, data } = app;
  const { stop, draft } = now;
  const isDelivered = kind === "deliver";
  const codes = stop.shipments.flatMap(barcodesAboard);
  const some = codes.filter((code) => !draft.left_out.includes(code));
  const receiver = isDelivered ? draft.typed || draft.by : "";
  const isPlace = places(stop.shipments, say).includes(receiver);
  const note = [isPlace && receiver, draft.note].filter(Boolean).join(". ");
  const pin = isDelivered && asksPin(now) ? digits(draft.pin) : "";
  const isJudged = Boolean(pin) && navigator.onLine;
  const pictures = [...draft.photos, ...(isDelivered && draft.signature ? [draft.signature] : [])];
  const owner = chosen(now).sort(needsPhotoFirst)[0]?.id ?? "";
  const id = await app.act(
    {
      ...{ kind, label: nameOf(stop), stop_id: stop.id, said: words(draft) },
      body: {
        // Without a network the plan may have changed: the office judges by the plan that the driver had.
        plan_version: data.state.read?.plan_version,
        ...(note ? { note } : {}),
        ...(receiver && !isPlace ? { received_by: receiver } : {}),
        ...(some.length < codes.length ? { barcodes: some } : {}),
        ...(isDelivered ? {} : { reason: draft.reason }),
        ...(pin ? { pin } : {}),
      },
    },
    { canUndo: !isJudged, files: pictures.map((each) => ({ ...each, shipment_id: owner })) },
  );
  if (!id) return "";
  const told = say(`what.${kind}`, { what: nameOf(stop) });
  const code = isJudged ? await judged(app, id) : "";
  if (code) return code;
  await data.keep({ draft: null, later: data.state.later.filter((each) => each !== stop.id) });
  app.show("next");
  if (isJudged) return "";
  undoable(app, told, id, () => {
    data.state.draft = draft;
    void kept(app, draft).then(() => app.show(isDelivered ? "door" : "fail", { stop: stop.id }));
  });
  return "";
}

/**
 * What was typed and chosen. The pictures are kept beside it, the PIN nowhere.
 * @param {Draft} draft
 * @returns {Partial<Draft>}
 */
function words({ typed, by, note, reason, scanned, left_out: leftOut }) {
  return { typed, by, note, reason, scanned, left_out: leftOut };
}

/**
 * Waits until the office has judged a PIN. What it refuses is taken back, so that the visit is open again.
 * @param {App} app
 * @param {string} actionId
 * @returns {Promise<string>} why it was refused; empty when it was not, or nobody answers
 */
async function judged({ data }, actionId) {
  const untilMs = performance.now() + ANSWER_MS;
  while (navigator.onLine && performance.now() < untilMs) {
    await data.reload();
    const entry = data.state.entries.find((each) => each.action_id === actionId);
    if (entry?.state === "refused") {
      const { code } = entry.problem ?? { code: "other" };
      if (!MENDABLE.includes(code)) return "";
      await data.forget(actionId);
      return code;
    }
    if (entry?.state !== "waiting") return "";
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
  }
  return "";
}

/**
 * Opens the visit again as it was when it was reported: what has come back is put right where it was done.
 * @param {App} app
 * @param {Entry} entry
 */
export async function reopen(app, entry) {
  const { data } = app;
  const pictures = data.own().flatMap((each) => (each.of === entry.action_id && each.blob ? [pictureOf(each)] : []));
  const draft = {
    ...blank(entry.stop_id ?? ""),
    ...entry.said,
    photos: pictures.filter((each) => each.proof_kind === "photo"),
    signature: pictures.find((each) => each.proof_kind === "signature") ?? null,
  };
  await kept(app, draft);
  await data.forget(entry.action_id);
  app.show(entry.kind === "fail" ? "fail" : "door", { stop: draft.stop_id });
}

/** @param {Entry} file @returns {Picture} */
function pictureOf({ blob, proof_kind: kind, taken_at: at, place }) {
  const found = blob ?? new Blob();
  const guessed = found.type === "image/png" ? "signature" : "photo"; // of a version that did not write it down
  return { blob: found, proof_kind: kind ?? guessed, taken_at: at ?? null, place: place ?? null };
}

/**
 * @param {Shipment} a
 * @param {Shipment} b
 */
function needsPhotoFirst(a, b) {
  return rank(b) - rank(a);
}

/** @param {Shipment} shipment */
function rank({ photo, signature }) {
  return Number(photo === "required") + Number(signature === "required");
}
