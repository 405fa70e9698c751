// The end of the shift: what was done, what is still aboard and why, and what became of the positions.
import { button, h } from "./dom.js";
import { barcodesAboard } from "./plan.js";
import { refusal, sum } from "./positions.js";

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function end(app) {
  const { say } = app;
  const shipments = planOf(app)?.stops.flatMap((stop) => stop.shipments) ?? [];
  const items = aboard(app);
  const delivered = shipments.flatMap((each) => each.parcels).filter(({ state }) => state === "delivered").length;
  const failed = shipments.filter(({ status }) => status === "attempt_failed").flatMap(barcodesAboard).length;
  return {
    title: say("end.title"),
    body: [
      h(
        "section",
        { class: "card" },
        h("p", { class: "where" }, say("end.delivered", { n: delivered })),
        h("p", { class: "who" }, say("end.failed", { n: failed })),
      ),
      h(
        "section",
        { class: "card" },
        h("h2", {}, items.length ? say("end.aboard", { n: items.length }) : say("end.empty")),
        items.length > 0 && h("ul", { class: "parcels" }, ...items),
      ),
      ...positions(app),
    ],
    dock: [
      button(say("end.unload"), () => app.show("unload"), items.length ? "go" : "alt"),
      app.data.state.isOnDuty
        ? button(say("end.off"), () => void app.setDuty(false), items.length ? "alt" : "go")
        : button(say("day.title"), () => app.show("day")),
      button(say("sign_out"), () => void app.signOut()),
    ],
  };
}

/**
 * What is still on the van, each with the reason.
 * @param {App} app
 */
export function aboard(app) {
  const plan = planOf(app);
  const shipments = plan?.stops.flatMap((stop) => stop.shipments) ?? [];
  return [
    ...shipments.flatMap((each) => barcodesAboard(each).map((code) => parcel(code, whyAboard(app, each)))),
    ...(plan?.cancelled ?? []).flatMap((each) =>
      each.scanned_barcodes.map((code) => parcel(code, app.say("end.cancelled"))),
    ),
  ];
}

/**
 * The route under way, else the one that was driven last.
 * @param {App} app
 */
function planOf({ data }) {
  const route = data.route();
  return route?.status === "active" ? route : (data.state.previous ?? route);
}

/**
 * @param {string} code
 * @param {string} why it is still aboard
 */
function parcel(code, why) {
  return h(
    "li",
    {},
    h("span", { class: "mark no", "aria-hidden": "true" }, "↩"),
    h("span", {}, h("span", { class: "code" }, code), h("small", {}, why)),
  );
}

/**
 * @param {App} app
 * @param {Shipment} shipment
 */
function whyAboard({ say }, { status, address_lines: [line] }) {
  const why = say(status === "attempt_failed" ? "end.back" : "end.open");
  return [line, why].filter(Boolean).join(" · ");
}

/**
 * How many positions the office has, and how many it did not take, by reason.
 * @param {App} app
 */
export function positions({ say, data, page }) {
  const { tally } = data.state;
  if (!tally) return [];
  const clock = new Intl.DateTimeFormat(page.tag, {
    ...{ hour: "2-digit", minute: "2-digit" },
    hour12: page.hour12,
  });
  const since = clock.format(new Date(tally.since));
  const lines = [
    ...Object.entries(tally.refused).map(([reason, n]) => refusal(reason, n, say)),
    ...Object.entries(tally.doubted).map(([reason, n]) => say("fixes.kept", { n, why: say(`fixes.${reason}`) })),
  ];
  return [
    h(
      "section",
      { class: "card" },
      h("h2", {}, say("fixes.title", { time: since })),
      h("p", {}, say("fixes.taken", { n: tally.taken, total: tally.taken + sum(tally.refused) })),
      lines.length > 0 && h("ul", { class: "reasons" }, ...lines.map((text) => h("li", {}, text))),
    ),
  ];
}
