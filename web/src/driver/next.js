// The next stop: where, when, what. While the van moves only what a glance can take in.
import { news } from "./day.js";
import { button, h } from "./dom.js";
import { barcodesAboard, nameOf } from "./plan.js";
import { mapLinks, seemsThere } from "./places.js";

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
    return { title: say("stop.title"), body: [over], dock: [button(say("end.title"), () => app.show("end"), "go")] };
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
  const maps = h(
    "details",
    { class: "maps" },
    h("summary", {}, say("stop.navigate")),
    h(
      "ul",
      {},
      ...mapLinks(stop, navigator.userAgent).map(({ name, url }) =>
        h("li", {}, h("a", { href: url, rel: "noreferrer", target: "_blank" }, name)),
      ),
    ),
  );
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
        maps,
      ),
      ...(isNear ? [h("p", { class: "card ready", role: "status" }, say("stop.here_soon"))] : []),
    ],
    dock: isOnRoad
      ? [isThere ? handOver : here, later, button(say("stop.all"), () => app.show("stops"))]
      : [button(say("stop.all"), () => app.show("stops"), "go")],
  };
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
        h("strong", {}, say(codes.length === 1 ? "stop.parcel" : "stop.parcels", { n: codes.length })),
        ...codes.map((code) => h("span", { class: "code line" }, code)),
      ),
    ),
  );
}

/**
 * What the recipient wants at the door, a line each. A route that the phone has kept may have none yet.
 * @param {Shipment} shipment
 * @param {App["say"]} say
 * @returns {string[]}
 */
function wishesOf({ wishes }, say) {
  if (!wishes) return [];
  const { entrance, door_code: code, floor, note, safe_place: spot, neighbour } = wishes;
  const way = [entrance, floor && say("wish.floor", { floor }), code && say("wish.code", { code }), note];
  const told = [way.filter(Boolean).join(" · ")];
  if (wishes.is_contact_free) told.push(say("wish.contact_free"));
  if (spot) {
    const where = say(`wish.place.${spot.place}`);
    told.push([say("wish.safe_place", { place: where }), spot.note].filter(Boolean).join(" "));
  }
  if (neighbour) {
    const who = [neighbour.name, neighbour.door].filter(Boolean).join(", ");
    told.push(say("wish.neighbour", { who }));
  }
  return told.filter(Boolean);
}

/**
 * @param {string} sign
 * @param {HTMLElement} words
 */
function hint(sign, words) {
  return h("p", { class: "hint" }, h("span", { "aria-hidden": "true" }, sign), words);
}
