// The next stop: where, when, what. While the van moves only what a glance can take in.
import { ageOf } from "./ages.js";
import { newMessages, news } from "./day.js";
import { button, h } from "./dom.js";
import { barcodesAboard, nameOf } from "./plan.js";
import { mapLinks, seemsThere } from "./places.js";
import { isOpen } from "./threads.js";
import { wishesOf } from "./wishes.js";

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function next(app) {
  const { say, data } = app;
  const route = data.route();
  const open = route ? data.open(route) : [];
  const stop = route?.stops.find(({ id }) => id === app.params.stop) ?? open[0];
  if (!route || !stop) {
    const over = h("section", { class: "card" }, h("p", { class: "where" }, say("stop.last")));
    return {
      title: say("stop.title"),
      body: [...news(app), over],
      dock: [button(say("end.title"), () => app.show("end"), "go")],
    };
  }
  const isThere = stop.shipments.some(({ status }) => status === "arrived");
  const isOnRoad = route.status === "active" && !stop.is_done;
  const here = button(
    say("stop.here"),
    async () => {
      if (await app.act({ kind: "arrive", label: nameOf(stop), stop_id: stop.id })) app.show("door", { stop: stop.id });
    },
    "go",
  );
  if (app.isMoving()) {
    return {
      title: say("stop.moving"),
      body: [h("section", { class: "card driving" }, place(stop), h("p", { class: "huge" }, eta(app, stop)))],
      dock: [here, button(say("stop.still"), app.standStill, "alt wide")],
    };
  }
  const handOver = button(say("stop.door"), () => app.show("door", { stop: stop.id }), "go");
  const later = button(say("stop.later"), async () => {
    await data.keep({ later: [...data.state.later.filter((id) => id !== stop.id), stop.id] });
    app.show("next");
  });
  const isNear = isOnRoad && !isThere && seemsThere(app.fix, stop);
  return {
    title: say("stop.title"),
    body: [
      ...news(app),
      h(
        "section",
        { class: "card" },
        h("p", { class: "when" }, when(app, route, stop)),
        place(stop),
        ...stop.shipments.map((each) => shipmentPart(app, each)),
        ...threadRows(app, stop),
        maps(app, stop),
      ),
      ...(isNear ? [h("p", { class: "card ready", role: "status" }, say("stop.here_soon"))] : []),
    ],
    dock: isOnRoad
      ? [isThere ? handOver : here, later, button(say("stop.all"), () => app.show("stops"))]
      : [button(say("stop.all"), () => app.show("stops"), "go")],
  };
}

/**
 * @param {App} app
 * @param {Stop} stop
 */
export function threadRows(app, { shipments }) {
  const isNamed = new Set(shipments.map((each) => each.recipient_name)).size > 1;
  return shipments.map((each) => threadRow(app, each, isNamed));
}

/**
 * The way to the thread of a shipment, with the newest words that the driver has not seen.
 * @param {App} app
 * @param {Shipment} shipment
 * @param {boolean} [isNamed] there are others beside it
 */
function threadRow(app, shipment, isNamed = false) {
  const { say, data, page } = app;
  const fresh = data.unread(shipment.id);
  const newest = fresh.at(-1);
  const has = data.state.messages.some((each) => each.shipment_id === shipment.id);
  if (!has && !isOpen(shipment)) return "";
  const key = newest?.quick_reply ? `quick.${newest.quick_reply}` : "";
  const words = newest && (key in page.words ? say(key) : newest.text);
  return h(
    "button",
    { type: "button", class: "row thread-row", onclick: () => app.show("talk", { shipment: shipment.id }) },
    h("span", { "aria-hidden": "true" }, "✉"),
    h(
      "span",
      {},
      h("strong", {}, newest ? newMessages(app, fresh.length) : say("talk.title")),
      isNamed && h("small", {}, shipment.recipient_name),
      newest && h("span", { class: "line", dir: "auto" }, words),
      newest && h("small", {}, `${say(`talk.${newest.author}`)} · ${ageOf(app, newest.written_at)}`),
    ),
  );
}

/**
 * One tap to the map app that was chosen last; the others behind it.
 * @param {App} app
 * @param {Stop} stop
 */
function maps({ say, data }, stop) {
  const all = mapLinks(stop, navigator.userAgent);
  const link = (/** @type {{ name: string, url: string }} */ { name, url }, /** @type {string} */ words) =>
    h("a", { href: url, rel: "noreferrer", target: "_blank", onclick: () => void data.keep({ map: name }) }, words);
  const named = (/** @type {string} */ name) => (name === "geo" ? say("stop.map_app") : name);
  const chosen = all.find(({ name }) => name === data.state.map);
  const rest = all.filter((each) => each !== chosen);
  const list = h("ul", {}, ...rest.map((each) => h("li", {}, link(each, named(each.name)))));
  return h(
    "div",
    { class: "maps" },
    chosen && link(chosen, `${say("stop.navigate")}: ${named(chosen.name)}`),
    h(
      "details",
      { ontoggle: () => list.scrollIntoView({ block: "nearest" }) },
      h("summary", {}, say(chosen ? "stop.map_other" : "stop.navigate")),
      list,
    ),
  );
}

/** @param {Stop} stop */
function place(stop) {
  const [first] = stop.shipments;
  const rest = [...(first?.address_lines.slice(1) ?? []), [first?.postal_code, first?.city].filter(Boolean).join(" ")];
  return h(
    "div",
    {},
    h("p", { class: "where" }, nameOf(stop)),
    h("p", { class: "when" }, rest.filter(Boolean).join(", ")),
  );
}

/**
 * @param {App} app
 * @param {Stop} stop
 */
function eta(app, stop) {
  return app.times(stop.eta, stop.time_zone);
}

/**
 * @param {App} app
 * @param {Route} route
 * @param {Stop} stop
 */
function when(app, route, stop) {
  const n = route.stops.indexOf(stop) + 1;
  const parts = [app.say("stop.n", { n, total: route.stops.length })];
  if (stop.eta && !stop.is_done) parts.push(app.say("stop.expected", { times: eta(app, stop) }));
  if (stop.window) parts.push(app.say("stop.window", { times: app.times(stop.window, stop.time_zone) }));
  return parts.join(" · ");
}

/**
 * @param {App} app
 * @param {Shipment} shipment
 */
function shipmentPart({ say }, shipment) {
  const codes = barcodesAboard(shipment);
  return h(
    "div",
    { class: "part" },
    h("p", { class: "who" }, shipment.recipient_name),
    shipment.instructions && hint("✎", h("span", {}, shipment.instructions)),
    ...wishesOf(shipment, say).map((words) => hint("☞", h("span", { dir: "auto" }, words))),
    hint(
      "▤",
      h(
        "span",
        {},
        h("strong", {}, say("stop.parcels", { n: codes.length })),
        ...codes.map((code) => h("span", { class: "code line" }, code)),
      ),
    ),
  );
}

/**
 * @param {string} sign
 * @param {HTMLElement} words
 */
export function hint(sign, words) {
  return h("p", { class: "hint" }, h("span", { "aria-hidden": "true" }, sign), words);
}
