// Parcels onto the van and off it: camera, hand scanner or fingers, with the verdict at once.
import { present } from "./day.js";
import { button, h } from "./dom.js";
import { aboard } from "./end.js";
import { barcodesAboard, nameOf } from "./plan.js";
import { createWedge, isAboard, matchScan, meant } from "./scans.js";

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function load(app) {
  const { say, data } = app;
  const missing = h("section", { class: "card" });
  const verdict = h("div", { class: "verdict", role: "status", hidden: true });
  const { parts, camera } = finder(app, scanned);
  const onRoad = data.route()?.status === "active";
  const done = button(say("load.done"), () => app.show(onRoad ? "next" : "day"));
  const showMissing = () => {
    const route = data.route();
    const all = (route?.missing ?? []).flatMap((each) => each.barcodes.map((code) => ({ code, id: each.stop_id })));
    const lines = all.map(({ code, id }) => {
      const stop = route?.stops.find((each) => each.id === id);
      const where = h("small", {}, stop ? nameOf(stop) : "");
      // A label may be torn. The code is filled in, and the driver still has to say that this parcel is here.
      const fill = () => {
        const field = parts.flatMap((part) => [...part.querySelectorAll("input")])[0];
        if (field) field.value = code;
        field?.scrollIntoView({ block: "center" });
        field?.form?.querySelector("button")?.focus({ preventScroll: true });
      };
      return h(
        "li",
        {},
        h("span", { class: "mark", "aria-hidden": "true" }, "○"),
        h("button", { type: "button", class: "row", onclick: fill }, h("span", { class: "code" }, code), where),
      );
    });
    const words = all.length ? say("load.missing", { n: all.length }) : say("load.complete");
    missing.replaceChildren(h("h2", {}, words), h("ul", { class: "parcels" }, ...lines));
    // What to do now is the large one: scan, or go on.
    camera.className = all.length ? "go" : "alt";
    done.className = all.length ? "alt" : "go";
  };

  /**
   * @param {string} text
   * @param {string} [shipmentId]
   */
  async function scanned(text, shipmentId) {
    const route = data.route();
    if (!route) return;
    const match = matchScan(route, text, shipmentId);
    const choices = match.choices.map((each) =>
      button(`${each.recipient_name}, ${each.address_lines[0] ?? ""}`, () => void scanned(text, each.id)),
    );
    show(verdict, isAboard(match.verdict), say(`scan.${match.verdict}`), match.barcode, choices);
    if (!["loaded", "partly_loaded"].includes(match.verdict)) return;
    const body = { barcode: match.barcode, ...(shipmentId ? { shipment_id: shipmentId } : {}) };
    await app.act({ kind: "scan", label: match.barcode, body });
    showMissing();
  }

  showMissing();
  return {
    title: say("load.title"),
    body: [...parts, verdict, missing],
    dock: [camera, done],
    update: showMissing,
  };
}

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function unload(app) {
  const { say, data } = app;
  const verdict = h("div", { class: "verdict", role: "status", hidden: true });

  /** @param {string} text */
  async function scanned(text) {
    const plans = present([data.route(), data.state.previous]);
    const planned = plans.flatMap((p) => p.stops.flatMap((s) => s.shipments));
    const [known] = meant(
      planned.flatMap((s) => s.barcodes),
      text,
    );
    const barcode = known ?? text.trim();
    const found = planned.filter((s) => s.barcodes.includes(barcode));
    const isOn = found.some((each) => barcodesAboard(each).includes(barcode));
    const isOpen = found.some(({ status }) => ["out_for_delivery", "arriving", "arrived"].includes(status));
    const key = isOpen ? "out_for_delivery" : isOn || !found.length ? "unloaded" : "not_aboard";
    show(verdict, key === "unloaded", say(`scan.${key}`), barcode);
    if (key === "unloaded") await app.act({ kind: "unload", label: barcode, body: { barcode } });
    showRest();
  }

  const { parts, camera } = finder(app, scanned);
  const done = button(say("load.done"), () => app.show("end"));
  const rest = h("section", { class: "card" });
  function showRest() {
    const items = aboard(app);
    const words = items.length ? say("end.aboard", { n: items.length }) : say("end.empty");
    rest.replaceChildren(h("h2", {}, words), h("ul", { class: "parcels" }, ...items));
    camera.className = items.length ? "go" : "alt";
    done.className = items.length ? "alt" : "go";
  }
  showRest();

  return {
    title: say("end.unload"),
    body: [...parts, verdict, rest],
    dock: [camera, done],
    update: showRest,
  };
}

/**
 * The verdict: colour, shape, word and vibration.
 * @param {HTMLElement} verdict
 * @param {boolean} isGood
 * @param {string} words
 * @param {string} barcode
 * @param {HTMLElement[]} [choices]
 */
export function show(verdict, isGood, words, barcode, choices = []) {
  verdict.hidden = false;
  verdict.className = `verdict ${isGood ? "ok" : "no"}`;
  verdict.replaceChildren(
    h("span", { class: `mark ${isGood ? "ok" : "no"}`, "aria-hidden": "true" }, isGood ? "✓" : "✕"),
    h("span", {}, words, h("small", {}, barcode), ...choices),
  );
  navigator.vibrate?.(isGood ? 60 : [120, 80, 120]);
}

/**
 * The scanner has typed into a field that was meant for words.
 * @param {HTMLInputElement} field
 * @param {string} text
 */
function takeBack(field, text) {
  const at = (field.selectionEnd ?? field.value.length) - text.length;
  if (field.value.slice(at, at + text.length) !== text) return;
  field.setRangeText("", at, at + text.length, "end");
  field.dispatchEvent(new Event("input"));
}

/**
 * The three ways to give a code. The camera is asked for by a tap, and let go when the screen is left.
 * @param {App} app
 * @param {(text: string) => void} onCode
 * @returns {{ parts: HTMLElement[], camera: HTMLElement }} the button of the camera lies where the thumb is
 */
export function finder(app, onCode) {
  const { say } = app;
  const video = h("video", { class: "finder", muted: true, playsinline: true, hidden: true, "aria-hidden": "true" });
  video.muted = true;
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  /** @type {(() => void) | null} */
  let stop = null;
  const camera = button(say("load.camera"), toggle, "alt wide");
  const field = h("input", { id: "typed-code", class: "field", autocomplete: "off", enterkeyhint: "go" });
  const form = h(
    "form",
    {
      class: "typed",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const text = field.value;
        field.value = "";
        if (text.trim()) onCode(text);
      },
    },
    h("label", { for: "typed-code" }, say("load.type")),
    h("div", { class: "pair" }, field, h("button", { class: "alt" }, say("load.enter"))),
  );
  const feed = createWedge();
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.target === field) return; // its form does it
    const text = feed(event.key, event.timeStamp);
    if (!text) return;
    event.preventDefault(); // Enter would also tap the button that has the focus
    if (event.target instanceof HTMLInputElement) takeBack(event.target, text);
    onCode(text);
  };
  document.addEventListener("keydown", pressed);
  app.whenLeft(() => {
    document.removeEventListener("keydown", pressed);
    stop?.();
    stop = null;
  });

  async function toggle() {
    if (stop) {
      stop();
      stop = null;
    } else {
      try {
        video.hidden = false;
        const { startScanning } = await import("./scanner.js");
        stop = await startScanning(video, onCode);
        video.scrollIntoView({ block: "center" });
        refusal.hidden = true;
        if (!video.isConnected) stop();
      } catch (error) {
        const isRefused = error instanceof DOMException && error.name === "NotAllowedError";
        refusal.textContent = say(isRefused ? "load.camera_refused" : "load.camera_none");
        refusal.hidden = false;
        refusal.scrollIntoView({ block: "center" });
      }
    }
    video.hidden = !stop;
    camera.textContent = say(stop ? "load.camera_off" : "load.camera");
  }

  return { parts: [video, refusal, form], camera };
}
