// At the door: what proves the delivery, and how the visit ended.
import { present } from "./day.js";
import { button, h } from "./dom.js";
import { finder, show as showVerdict } from "./loading.js";
import { hint, threadRows } from "./next.js";
import { barcodesAboard, nameOf } from "./plan.js";
import { photoField, signatureField } from "./proofs.js";
import { meant } from "./scans.js";
import { asksPin, begun, finish, hasChosen, kept, lacks, requires, taken } from "./visit.js";
import { receivers, wishesOf } from "./wishes.js";

const REASONS = [
  ...["not_home", "refused", "wrong_address", "no_access", "business_closed", "damaged", "lost", "wrong_item"],
  ...["no_time", "vehicle", "weather", "other"],
];
/** What is said otherwise where the customer still stands there. @type {Record<string, string>} */
const WHY = { wrong_pin: "door.pin_bad", invalid_pin: "door.pin_form" };
const NO_PROOF = "missing_required_proof";
const MOST_PHOTOS = 5;

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
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  const refuse = (/** @type {string} */ words) => {
    refusal.hidden = !words;
    refusal.textContent = words;
    if (words) refusal.scrollIntoView({ block: "center" });
  };
  if (app.params.why) refuse(say(app.params.why));
  delete app.params.why; // told once
  const deliver = button(
    say("door.deliver"),
    async () => {
      const lacking = lacks(now);
      refuse(lacking && say(lacking));
      if (lacking) return;
      deliver.disabled = true; // a second tap while a PIN is being checked
      if (asksPin(now) && draft.pin) deliver.textContent = say("door.pin_wait");
      const code = await finish(app, "deliver", now);
      if (code) {
        if (code.includes("pin")) draft.pin = "";
        await kept(app, draft);
        app.show("door", { stop: stop.id, why: WHY[code] ?? `back.${code}` });
      }
      deliver.disabled = false;
      deliver.textContent = say("door.deliver");
    },
    "go",
  );
  return {
    title: say("door.title"),
    body: present([
      h(
        "section",
        { class: "card" },
        h("p", { class: "when" }, nameOf(stop)),
        ...who(stop),
        ...stop.shipments.flatMap((each) => wishesOf(each, say).map(wish)),
        ...threadRows(app, stop),
      ),
      refusal,
      codes.length > 1 && parcelChoice(app, now, "door"),
      scanPart(app, draft, codes, now.route),
      asksPin(now) && pinPart(app, draft, requires(now, "pin")),
      photoPart(app, draft, requires(now, "photo")),
      signaturePart(app, draft, requires(now, "signature")),
      h(
        "section",
        { class: "card" },
        field(app, draft, "by", "door.by"),
        quickReceivers(app, now),
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
  const needsPhoto = requires(now, "photo_when_failed");
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  const save = button(
    say("fail.save"),
    async () => {
      const isNone = !stop.shipments.some((each) => hasChosen(each, draft));
      const lacking = isNone ? "door.parcel_none" : needsPhoto && !draft.photos.length ? "door.photo_first" : "";
      refusal.hidden = !lacking;
      refusal.textContent = lacking && say(lacking);
      if (lacking) refusal.scrollIntoView({ block: "center" });
      else await finish(app, "fail", now);
    },
    "go",
  );
  const words = () => {
    save.disabled = !draft.reason;
    save.textContent = draft.reason ? `${say("fail.save")}: ${say(`reason.${draft.reason}`)}` : say("fail.save");
  };
  const isProven = ["photo", "signature", "pin"].some((kind) => requires(now, /** @type {"photo"} */ (kind)));
  const tiles = [...(isProven ? [NO_PROOF] : []), ...REASONS].map((reason) => {
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
      h("p", { class: "when" }, nameOf(stop)),
      refusal,
      codes.length > 1 && parcelChoice(app, now, "fail"),
      h("p", {}, say("fail.why")),
      h("div", { class: "tiles" }, ...tiles),
      photoPart(app, draft, needsPhoto),
      h("section", { class: "card" }, field(app, draft, "note", "door.note")),
    ]),
    dock: [save, button(say("back"), () => app.show("door", { stop: stop.id }))],
  };
}

/** @param {Stop} stop */
function who(stop) {
  const names = [...new Set(stop.shipments.map((each) => each.recipient_name))];
  return names.map((name) => h("p", { class: "who" }, name));
}

/** @param {string} words */
function wish(words) {
  return hint("☞", h("span", { dir: "auto" }, words));
}

/**
 * @param {App} app
 * @param {import("./visit.js").Begun} now
 * @param {string} screen
 */
function parcelChoice(app, { stop, draft }, screen) {
  const all = stop.shipments.flatMap((each) => barcodesAboard(each).map((code) => ({ code, each })));
  const lines = all.map(({ code, each }, i) => {
    const box = h("input", {
      ...{ type: "checkbox", id: `parcel-${i}` },
      onchange: async () => {
        draft.left_out = box.checked ? draft.left_out.filter((other) => other !== code) : [...draft.left_out, code];
        await kept(app, draft);
        app.show(screen, { stop: stop.id });
        document.getElementById(box.id)?.focus();
      },
    });
    box.checked = !draft.left_out.includes(code);
    const name = h("small", {}, each.recipient_name);
    return h("li", {}, box, h("label", { for: box.id, class: "code" }, h("span", {}, code, name)));
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
  const { parts, camera } = finder(app, (text) => {
    const [known] = meant(codes, text);
    const isHere = known !== undefined;
    const code = known ?? text.trim();
    const other = route.stops.find((stop) => stop.shipments.some((each) => meant(each.barcodes, text).size > 0));
    const key = isHere ? "scan.at_stop" : other ? "scan.other_stop" : "scan.not_on_route";
    showVerdict(verdict, isHere, say(key, { place: other ? nameOf(other) : "" }), code);
    if (!isHere || draft.scanned.includes(code)) return;
    draft.scanned = [...draft.scanned, code];
    void kept(app, draft);
    count.textContent = say("door.scanned", { n: draft.scanned.length, total: codes.length });
  });
  const title = h("span", {}, h("strong", {}, say("door.scan")), count);
  const summary = h("summary", {}, title, mark(draft.scanned.length >= codes.length));
  return h("details", { class: "need" }, summary, camera, ...parts, verdict);
}

/**
 * The office checks the PIN, so without a network the driver is told what that means.
 * @param {App} app
 * @param {Draft} draft
 * @param {boolean} isNeeded
 */
function pinPart(app, draft, isNeeded) {
  const { say } = app;
  const words = navigator.onLine ? (isNeeded ? say("door.photo_needed") : "") : say("door.pin_later");
  return h("section", { class: "card pin" }, field(app, draft, "pin", "door.pin"), words && h("small", {}, words));
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
  const input = photoField(
    "photo",
    async (blob) => {
      draft.photos = [...draft.photos, taken(app, blob, "photo")].slice(-MOST_PHOTOS);
      await kept(app, draft);
      app.render();
    },
    () => {
      refusal.hidden = false;
    },
  );
  const words = n ? say("door.photo_kept") : isNeeded ? say("door.photo_needed") : "";
  const pictures = draft.photos.map(({ blob }) => {
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
  const title = h("span", {}, h("strong", {}, say("door.sign")), h("small", {}, words));
  return signatureField(
    app,
    {
      summary: h("summary", {}, title, mark(isDone)),
      kind: isDone ? "need done" : "need",
      more: field(app, draft, "typed", "door.typed"),
    },
    async (blob) => {
      draft.signature = taken(app, blob, "signature");
      await kept(app, draft);
      app.render();
    },
  );
}

/**
 * Who may receive it, for one tap with gloves on.
 * @param {App} app
 * @param {import("./visit.js").Begun} now
 */
function quickReceivers(app, { stop, draft }) {
  const shipments = stop.shipments.filter((each) => hasChosen(each, draft));
  const chosen = receivers(shipments, app.say).map((name) => {
    const tile = button(name, async () => {
      draft.by = draft.by === name ? "" : name;
      await kept(app, draft);
      const input = document.getElementById("field-by");
      if (input instanceof HTMLInputElement) input.value = draft.by;
      for (const each of chosen) each.setAttribute("aria-pressed", String(each.textContent === draft.by));
    });
    tile.setAttribute("aria-pressed", String(draft.by === name));
    return tile;
  });
  return h("div", { class: "pair chosen" }, ...chosen);
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
 */
function field(app, draft, name, label) {
  const input = h("input", {
    ...{ id: `field-${name}`, class: "field", autocomplete: "off", maxlength: 200 },
    value: draft[name] ?? "",
    inputmode: name === "pin" ? "numeric" : null,
    oninput: () => {
      draft[name] = input.value;
      void kept(app, draft);
    },
  });
  return h("div", {}, h("label", { for: `field-${name}` }, app.say(label)), input);
}
