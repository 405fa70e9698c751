// Before and after the road: signing in, the day, the list of stops, the end of the shift.
import { button, h } from "./dom.js";
import { nameOf } from "./plan.js";
import { counts } from "./queue.js";

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function signIn(app) {
  const { say, data } = app;
  const code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  const field = h("input", {
    ...{ id: "code", class: "field", autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
    value: code,
  });
  const refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  const go = button(
    say("in.go"),
    async () => {
      go.disabled = true;
      const why = await app.redeem(field.value.trim());
      go.disabled = false;
      refusal.hidden = why === null;
      refusal.textContent = why;
    },
    "go",
  );
  const waiting = counts(data.state.entries, "").others;
  const lead = data.state.isRevoked ? say("in.revoked") : say(code ? "in.ready" : "in.none");
  return {
    title: say("in.title"),
    body: [
      h(
        "section",
        { class: "card" },
        h("p", { class: "lead" }, lead),
        refusal,
        h("div", { hidden: Boolean(code) }, h("label", { for: "code" }, say("in.code")), field),
        waiting > 0 && h("p", {}, say("sign_out.waits", { n: waiting })),
      ),
    ],
    dock: [go],
  };
}

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function day(app) {
  const { say, data, page } = app;
  const route = data.route();
  const title = say("day.title");
  const others = counts(data.state.entries, data.state.session?.driver_id ?? "").others;
  const foreign = others > 0 && h("p", { class: "card" }, say("in.other", { n: others }));
  const again = button(say("day.reload"), () => void app.read());
  const out = button(say("sign_out"), () => void app.signOut());
  if (!route) {
    const key = data.isAsking() ? "day.reading" : data.state.hasRead ? "day.none" : "day.unread";
    const ended = data.state.previous && button(say("end.title"), () => app.show("end"));
    const body = [...news(app), h("section", { class: "card" }, h("p", { class: "lead" }, say(key))), foreign];
    return { title, body: present(body), dock: present([ended, again, out]) };
  }
  const total = route.stops.flatMap((s) => s.shipments).flatMap((s) => s.barcodes).length;
  const missing = route.missing.reduce((sum, each) => sum + each.barcodes.length, 0);
  const zone = route.stops[0]?.time_zone ?? "UTC";
  const isPlanned = route.status === "planned";
  const leave = app.times({ earliest: route.starts_at, latest: route.starts_at }, zone);
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(app.now());
  const isOther = isPlanned && route.service_day !== today;
  const named = new Intl.DateTimeFormat(page.tag, { dateStyle: "full", timeZone: "UTC" }).format(
    new Date(route.service_day),
  );
  const question = app.params.sure ? (isOther ? "day.start_other" : "day.start_anyway") : "day.start";
  const start = button(
    say(question, { day: named }),
    async () => {
      if ((missing > 0 || isOther) && !app.params.sure) {
        app.show("day", { sure: "yes" });
        return;
      }
      const id = await app.act({ kind: "start", label: "", body: isOther ? { confirm_other_day: true } : {} });
      if (!id) return;
      await app.setDuty(true);
      app.show("next");
    },
    missing > 0 && !app.params.sure ? "alt" : "go",
  );
  const load = button(say("day.load"), () => app.show("load"), missing > 0 && !app.params.sure ? "go" : "alt");
  const card = h(
    "section",
    { class: "card" },
    h("p", { class: "when" }, isPlanned ? say("day.leave", { time: leave }) : say("day.started")),
    h("p", { class: "where" }, say("day.stops", { n: data.open(route).length })),
    h("p", {}, say("day.scanned", { n: total - missing, total })),
    meter(total - missing, total, say("day.scanned", { n: total - missing, total })),
  );
  const hints = [
    isOther && h("p", { class: "card warn" }, say("day.other", { day: named })),
    app.params.sure && missing > 0 && h("p", { class: "card warn" }, say("day.start_missing", { n: missing })),
    foreign,
  ];
  const list = h("section", { class: "card" }, stopList(app, route));
  const on = button(say("stop.title"), () => app.show("next"), "go");
  return {
    title,
    body: [...news(app), card, ...present(hints), list],
    dock: isPlanned
      ? missing > 0 && !app.params.sure
        ? present([load, missing < total && start, out])
        : [start, load, out]
      : [on, load, button(say("end.title"), () => app.show("end"))],
  };
}

/**
 * @param {App} app
 * @returns {Drawn}
 */
export function stops(app) {
  const route = app.data.route();
  return {
    title: app.say("stop.all"),
    body: [...news(app), h("section", { class: "card" }, route && stopList(app, route))],
    dock: [
      button(app.say("stop.title"), () => app.show("next"), "go"),
      button(app.say("end.title"), () => app.show("end")),
      button(app.say("day.title"), () => app.show("day")),
    ],
  };
}

/**
 * What the office changed, until the driver has seen it.
 * @param {App} app
 */
export function news({ say, data, render }) {
  if (!data.state.told.length) return [];
  const seen = button(say("change.seen"), async () => {
    await data.keep({ told: [] });
    render();
  });
  const lines = data.state.told.map(({ kind, what }) => h("li", {}, say(`change.${kind}`, { what })));
  const isOfPlan = data.state.told.some(({ kind }) => kind !== "pin" && kind !== "wishes");
  const title = h("h2", {}, say(isOfPlan ? "change.title" : "change.note"));
  return [h("section", { class: "card changed" }, title, h("ul", {}, ...lines), seen)];
}

const ENDS = /** @type {const} */ ({ done: "stop.done", failed: "fail.title", left: "stop.left" });
const MARKS = /** @type {const} */ ({ done: "✓", failed: "✕", left: "–" });

/**
 * How a stop ended that has nothing to do any more.
 * @param {Stop} stop
 */
function endOf({ shipments }) {
  if (shipments.some(({ status }) => status === "attempt_failed")) return "failed";
  return shipments.some(({ status }) => status === "delivered") ? "done" : "left";
}

/**
 * @param {App} app
 * @param {Route} route
 */
function stopList(app, route) {
  const order = [...route.stops.filter((stop) => stop.is_done), ...app.data.open(route)];
  const now = app.data.open(route)[0];
  return h(
    "ol",
    { class: "stops" },
    ...order.map((stop, i) => {
      const n = stop.shipments.flatMap((each) => each.barcodes).length;
      const words = stop.is_done
        ? [app.say(ENDS[endOf(stop)])]
        : [app.times(stop.eta, stop.time_zone), app.say("stop.parcels", { n }), stop === now && app.say("stop.now")];
      const unread = stop.shipments.reduce((sum, each) => sum + app.data.unread(each.id).length, 0);
      return h(
        "li",
        { class: stop.is_done ? "gone" : null },
        h("span", { class: "n" }, String(i + 1)),
        h(
          "button",
          { type: "button", class: "row", onclick: () => app.show("next", { stop: stop.id }) },
          h("strong", {}, nameOf(stop)),
          h("small", {}, words.filter(Boolean).join(" · ")),
          unread > 0 && h("small", { class: "chip" }, newMessages(app, unread)),
        ),
        stop.is_done && h("span", { "aria-hidden": "true" }, MARKS[endOf(stop)]),
      );
    }),
  );
}

/**
 * @param {App} app
 * @param {number} n
 */
export function newMessages({ say }, n) {
  return say("talk.new", { n });
}

/**
 * @param {number} n
 * @param {number} total
 * @param {string} words
 */
export function meter(n, total, words) {
  return h("progress", { class: "meter", value: n, max: Math.max(1, total), "aria-label": words });
}

/**
 * @template T
 * @param {(T | false | null | undefined | "")[]} all
 * @returns {T[]}
 */
export function present(all) {
  return /** @type {T[]} */ (all.filter(Boolean));
}
