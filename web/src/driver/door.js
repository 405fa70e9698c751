// At the door: what proves the delivery, and how the visit ended. What was begun is on the phone's disk at once, because
// phones close a page to make room for the camera.
import { present } from "./day.js";
import { button, h } from "./dom.js";
import { finder, show as showVerdict } from "./loading.js";
import { threadRow } from "./next.js";
import { reduced } from "./photo.js";
import { barcodesAboard, nameOf } from "./plan.js";
import { cleaned } from "./scans.js";

const REASONS = [
  ...["not_home", "refused", "wrong_address", "no_access", "business_closed", "damaged", "lost", "wrong_item"],
  ...["no_time", "vehicle", "weather", "other"],
];
const MOST_PHOTOS = 5;

/** @param {string} stopId @returns {Draft} */
function blank(stopId) {
  return {
    ...{ stop_id: stopId, photos: [], signature: null, typed: "", by: "", note: "", reason: "", pin: "" },
    ...{ scanned: [], left_out: [] },
  };
}

/** @param {App} app */
function begun(app) {
  const route = app.data.route();
  const stop = route?.stops.find(({ id }) => id === app.params.stop) ?? (route && app.data.open(route)[0]) ?? null;
  const { draft } = app.data.state;
  if (!route || !stop) return null;
  return { route, stop, draft: draft?.stop_id === stop.id ? draft : blank(stop.id) };
}

/**
 * @param {App} app
 * @param {Draft} draft
 */
async function kept(app, draft) {
  app.data.state.draft = draft;
  try {
    await app.data.keep({ draft });
    app.trouble("storage", null);
  } catch {
    app.trouble("storage", app.say("trouble.storage"));
  }
}

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function door(app) {
  const { say } = app;
  const now = begun(app);
  if (!now) return { title: say("door.title"), body: [], dock: [] };
  const { stop, draft } = now;
  const codes = stop.shipments.flatMap(barcodesAboard);
  const chosen = codes.filter((code) => !draft.left_out.includes(code));
  /** @param {"photo" | "signature" | "pin"} kind */
  const needs = (kind) => stop.shipments.some((each) => each[kind] === "required" && hasChosen(each, draft));
  const asksPin = stop.shipments.some((each) => (each.pin ?? "none") !== "none" && hasChosen(each, draft));
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  const deliver = button(
    say("door.deliver"),
    async () => {
      const why = [
        chosen.length ? "" : "door.parcel_none",
        needs("photo") && !draft.photos.length ? "door.photo_first" : "",
        needs("signature") && !draft.signature ? "door.sign_first" : "",
        needs("pin") && !draft.pin ? "door.pin_first" : "",
      ].find(Boolean);
      refusal.hidden = !why;
      refusal.textContent = why ? say(why) : "";
      if (why) refusal.scrollIntoView({ block: "center" });
      else await finish(app, "deliver", stop, draft);
    },
    "go",
  );
  return {
    title: say("door.title"),
    body: present([
      h("section", { class: "card" }, h("p", { class: "when" }, nameOf(stop)), ...who(stop), ...threads(app, stop)),
      refusal,
      codes.length > 1 && parcelChoice(app, draft, codes),
      scanPart(app, draft, codes, now.route),
      asksPin && h("section", { class: "card" }, field(app, draft, "pin", "door.pin")),
      photoPart(app, draft, needs("photo")),
      signaturePart(app, draft, needs("signature")),
      h(
        "section",
        { class: "card" },
        field(app, draft, "by", "door.by", stop.shipments[0]?.recipient_name ?? ""),
        field(app, draft, "note", "door.note"),
      ),
    ]),
    dock: [
      deliver,
      button(say("door.fail"), () => app.show("fail", { stop: stop.id }), "alt bad"),
      button(say("stop.all"), () => app.show("stops")),
    ],
  };
}

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function fail(app) {
  const { say } = app;
  const now = begun(app);
  if (!now) return { title: say("fail.title"), body: [], dock: [] };
  const { stop, draft } = now;
  const codes = stop.shipments.flatMap(barcodesAboard);
  const needsPhoto = stop.shipments.some((each) => each.photo_when_failed === "required" && hasChosen(each, draft));
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true }, say("door.photo_first"));
  const save = button(
    say("fail.save"),
    async () => {
      refusal.hidden = !needsPhoto || draft.photos.length > 0;
      if (refusal.hidden) await finish(app, "fail", stop, draft);
      else refusal.scrollIntoView({ block: "center" });
    },
    "go",
  );
  const words = () => {
    save.disabled = !draft.reason;
    save.textContent = draft.reason ? `${say("fail.save")}: ${say(`reason.${draft.reason}`)}` : say("fail.save");
  };
  const tiles = REASONS.map((reason) => {
    const tile = button(say(`reason.${reason}`), () => {
      draft.reason = reason;
      for (const each of tiles) each.setAttribute("aria-pressed", String(each === tile));
      words();
      void kept(app, draft);
    });
    tile.setAttribute("aria-pressed", String(draft.reason === reason));
    return tile;
  });
  words();
  return {
    title: say("fail.title"),
    body: present([
      h("p", {}, say("fail.why")),
      h("div", { class: "tiles" }, ...tiles),
      refusal,
      codes.length > 1 && parcelChoice(app, draft, codes),
      photoPart(app, draft, needsPhoto),
      h("section", { class: "card" }, field(app, draft, "note", "door.note")),
    ]),
    dock: [save, button(say("back"), () => app.show("door", { stop: stop.id }))],
  };
}

/**
 * @param {App} app
 * @param {"deliver" | "fail"} kind
 * @param {Stop} stop
 * @param {Draft} draft
 */
async function finish(app, kind, stop, draft) {
  const { say, data } = app;
  const codes = stop.shipments.flatMap(barcodesAboard);
  const chosen = codes.filter((code) => !draft.left_out.includes(code));
  const isPart = chosen.length < codes.length;
  // Without a network the plan may have changed: the office judges by the plan that the driver had.
  const plan = { plan_version: data.state.read?.plan_version };
  const received = draft.typed || draft.by;
  const by = kind === "deliver" && received ? `${say("door.by")}: ${received}` : "";
  const note = [by, draft.note].filter(Boolean).join(". ");
  const pictures = [...draft.photos, ...(kind === "deliver" && draft.signature ? [draft.signature] : [])];
  const owners = stop.shipments.filter((each) => hasChosen(each, draft)).sort(needsPhotoFirst);
  const owner = owners[0]?.id ?? "";
  const id = await app.act(
    {
      ...{ kind, label: nameOf(stop), stop_id: stop.id },
      body: {
        ...plan,
        ...(note ? { note } : {}),
        ...(isPart ? { barcodes: chosen } : {}),
        ...(kind === "fail" ? { reason: draft.reason } : {}),
        ...(kind === "deliver" && draft.pin ? { pin: draft.pin } : {}),
      },
    },
    { canUndo: true, files: pictures.map((blob) => ({ blob, shipment_id: owner })) },
  );
  if (!id) return;
  await data.keep({ draft: null, later: data.state.later.filter((each) => each !== stop.id) });
  app.show("next");
  const told = say(`what.${kind}`, { what: nameOf(stop) });
  app.undoable(told, id, () => {
    data.state.draft = draft;
    void kept(app, draft).then(() => app.show(kind === "deliver" ? "door" : "fail", { stop: stop.id }));
  });
}

/**
 * @param {Shipment} a
 * @param {Shipment} b
 */
function needsPhotoFirst(a, b) {
  return Number(b.photo === "required") - Number(a.photo === "required");
}

/**
 * @param {Shipment} shipment
 * @param {Draft} draft
 */
function hasChosen(shipment, draft) {
  return barcodesAboard(shipment).some((code) => !draft.left_out.includes(code));
}

/**
 * @param {App} app
 * @param {Stop} stop
 */
function threads(app, stop) {
  return stop.shipments.map((each) => threadRow(app, each));
}

/** @param {Stop} stop */
function who(stop) {
  const names = [...new Set(stop.shipments.map((each) => each.recipient_name))];
  return names.map((name) => h("p", { class: "who" }, name));
}

/**
 * @param {App} app
 * @param {Draft} draft
 * @param {string[]} codes
 */
function parcelChoice(app, draft, codes) {
  const lines = codes.map((code, i) => {
    const box = h("input", {
      ...{ type: "checkbox", id: `parcel-${i}` },
      onchange: () => {
        draft.left_out = box.checked ? draft.left_out.filter((each) => each !== code) : [...draft.left_out, code];
        void kept(app, draft);
        app.render();
      },
    });
    box.checked = !draft.left_out.includes(code);
    return h("li", {}, box, h("label", { for: `parcel-${i}`, class: "code" }, code));
  });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, app.say("door.parcels")),
    h("ul", { class: "parcels choice" }, ...lines),
  );
}

/**
 * @param {App} app
 * @param {Draft} draft
 * @param {string[]} codes
 * @param {Route} route
 */
function scanPart(app, draft, codes, route) {
  const { say } = app;
  const count = h("small", {}, say("door.scanned", { n: draft.scanned.length, total: codes.length }));
  const verdict = h("div", { class: "verdict", role: "status", hidden: true });
  const part = h(
    "details",
    { class: "need" },
    h(
      "summary",
      {},
      h("span", {}, h("strong", {}, say("door.scan")), count),
      mark(draft.scanned.length >= codes.length),
    ),
    ...finder(app, (text) => {
      const code = cleaned(text);
      const isHere = codes.includes(code);
      const other = route.stops.find((stop) => stop.shipments.some((each) => each.barcodes.includes(code)));
      const key = isHere ? "scan.at_stop" : other ? "scan.other_stop" : "scan.not_on_route";
      showVerdict(verdict, isHere, say(key, { place: other ? nameOf(other) : "" }), code);
      if (!isHere || draft.scanned.includes(code)) return;
      draft.scanned = [...draft.scanned, code];
      void kept(app, draft);
      count.textContent = say("door.scanned", { n: draft.scanned.length, total: codes.length });
    }),
    verdict,
  );
  return part;
}

/**
 * @param {App} app
 * @param {Draft} draft
 * @param {boolean} isNeeded
 */
function photoPart(app, draft, isNeeded) {
  const { say } = app;
  const n = draft.photos.length;
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true }, say("door.photo_bad"));
  const input = h("input", {
    ...{ type: "file", id: "photo", accept: "image/*", capture: "environment", class: "for-ears" },
    onchange: async () => {
      const [file] = input.files ?? [];
      if (!file) return;
      try {
        draft.photos = [...draft.photos, await reduced(file)].slice(-MOST_PHOTOS);
      } catch {
        refusal.hidden = false;
        return;
      }
      await kept(app, draft);
      app.render();
    },
  });
  const words = n ? say("door.photo_kept") : isNeeded ? say("door.photo_needed") : "";
  const pictures = draft.photos.map((blob) => {
    const picture = h("img", { alt: say("door.photo"), src: URL.createObjectURL(blob) });
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    return picture;
  });
  return h(
    "section",
    { class: n ? "need done" : "need" },
    input,
    h(
      "label",
      { for: "photo" },
      h("span", {}, h("strong", {}, say("door.photo")), h("small", {}, words)),
      n ? mark(true) : h("span", { class: "mark", "aria-hidden": "true" }, "+"),
    ),
    refusal,
    n > 0 && h("div", { class: "pictures" }, ...pictures),
  );
}

/**
 * @param {App} app
 * @param {Draft} draft
 * @param {boolean} isNeeded
 */
function signaturePart(app, draft, isNeeded) {
  const { say } = app;
  const isDone = Boolean(draft.signature || draft.typed);
  const words = isDone ? say("door.sign_done") : isNeeded ? say("door.photo_needed") : "";
  const canvas = h("canvas", { class: "signature", role: "img", "aria-label": say("door.sign") });
  const buttons = h("div", { class: "pair" });
  const part = h(
    "details",
    { class: isDone ? "need done" : "need" },
    h("summary", {}, h("span", {}, h("strong", {}, say("door.sign")), h("small", {}, words)), mark(isDone)),
    canvas,
    buttons,
    field(app, draft, "typed", "door.typed"),
  );
  part.addEventListener("toggle", async () => {
    if (!part.open || buttons.childElementCount) return;
    const { signatureOn } = await import("./signing.js");
    const pad = signatureOn(canvas);
    const keep = button(say("door.sign_keep"), async () => {
      if (pad.isEmpty()) return;
      draft.signature = await pad.picture();
      await kept(app, draft);
      app.render();
    });
    buttons.replaceChildren(button(say("door.sign_clear"), pad.clear), keep);
    canvas.scrollIntoView({ block: "center" });
  });
  return part;
}

/** @param {boolean} isDone */
function mark(isDone) {
  return h("span", { class: `mark ${isDone ? "ok" : ""}`, "aria-hidden": "true" }, isDone ? "✓" : "+");
}

/**
 * @param {App} app
 * @param {Draft} draft
 * @param {"typed" | "by" | "note" | "pin"} name
 * @param {string} label
 * @param {string} [hint]
 */
function field(app, draft, name, label, hint = "") {
  const input = h("input", {
    ...{ id: `field-${name}`, class: "field", autocomplete: "off", maxlength: 200, placeholder: hint },
    value: draft[name] ?? "",
    inputmode: name === "pin" ? "numeric" : null,
    oninput: () => {
      draft[name] = input.value;
      void kept(app, draft);
    },
  });
  return h("div", {}, h("label", { for: `field-${name}` }, app.say(label)), input);
}
