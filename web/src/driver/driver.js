// The driver's app: wires phone, queue and screens together, and keeps the top of each screen true.
import { byId, pageData } from "../shared/elements.js";
import { createApi } from "./api.js";
import { button, createSay, h, putAnew, putQuietly } from "./dom.js";
import { isMoving, spotOf } from "./places.js";
import { counts } from "./queue.js";
import { loadMore, screens } from "./screens.js";
import { openState } from "./state.js";
import { openStore, StorageFull } from "./store.js";
import { createWatch } from "./watch.js";
import { newMessages } from "./day.js";

const page = /** @type {App["page"]} */ (pageData("page-data"));
const say = createSay(page.words, page.tag);
const SEND_EVERY_MS = 15_000;
const READ_EVERY_MS = 30_000;
const CLOCK_LIMIT_MS = 600_000;
/** Screens whose fields and camera a change in the background must not touch. */
const STEADY = ["load", "door", "fail", "unload", "talk"];

/** @type {Promise<void>} */
const never = new Promise(() => {});

async function start() {
  const store = await openStore();
  const api = createApi(page.base);
  const data = await openState(store, api);
  const { state } = data;
  /** @type {Map<string, string>} */
  const troubles = new Map();
  /** @type {string[]} */
  const trail = [];
  let isSender = false;
  let isStill = false;
  /** A phone may believe in a network that leads nowhere. */
  let isReached = true;
  /** How far the phone's clock is ahead of the office's. */
  let aheadMs = 0;
  /** @type {Drawn["update"]} */
  let update;
  /** @type {() => void} */
  let leave = () => undefined;
  const otherWindows = new BroadcastChannel("doorstep-driver");

  const app = {
    ...{ page, say, data, api, fix: /** @type {import("./watch.js").Fix | null} */ (null) },
    screen: "day",
    params: /** @type {Record<string, string>} */ ({}),
    show,
    render,
    act,
    trouble,
    setDuty,
    signOut,
    redeem,
    times,
    now: () => Date.now() - aheadMs,
    read,
    here: () => spotOf(app.fix),
    isMoving: () => !isStill && state.isOnDuty && isMoving(app.fix),
    standStill() {
      isStill = true;
      render();
    },
    /** @param {() => void} onLeave what to stop when the screen is left */
    whenLeft(onLeave) {
      leave = onLeave;
    },
    hasOtherWindow: () => !isSender,
  };

  /** @type {Promise<ReturnType<typeof import("./sender.js").createSender>> | null} */
  let sending = null;
  const watch = createWatch({
    onFix(fix, isDue) {
      const wasMoving = app.isMoving();
      app.fix = fix;
      if (!isMoving(fix)) isStill = false;
      const isKept = isDue && isSender && isUnderWay(fix);
      if (isKept) void act({ kind: "fix", label: "", body: { ...fix }, at: fix.recorded_at }, {}, false);
      if (wasMoving !== app.isMoving() && app.screen === "talk") render();
      else if (wasMoving !== app.isMoving() || app.screen === "next") background();
      return isKept;
    },
    onTrouble: (key) => trouble("position", key && say(key)),
  });

  /**
   * @param {string} name
   * @param {Record<string, string>} [params]
   */
  function show(name, params = {}) {
    if (app.screen !== name) trail.push(app.screen);
    app.screen = name;
    app.params = params;
    render();
    window.scrollTo(0, 0);
    byId("screen").querySelector("[data-first]")?.scrollIntoView();
    byId("screen").focus({ preventScroll: true });
  }

  function render() {
    draw(false);
  }

  /** @param {boolean} isQuiet nobody asked for it: what looks the same stays, with focus and what is open */
  function draw(isQuiet) {
    leave();
    leave = () => undefined;
    const name = state.session ? app.screen : "sign_in";
    const screen = screens[name];
    if (!screen) {
      void loadMore(page.style).then(render, () => trouble("fault", say("trouble.fault")));
      return;
    }
    const { title, body, dock, update: updateOnly } = screen(app);
    update = updateOnly;
    byId("title").textContent = title;
    document.title = `${title} · Doorstep`;
    const put = isQuiet ? putQuietly : putAnew;
    put(byId("screen"), body);
    put(byId("dock"), dock);
    byId("dock").hidden = dock.length === 0;
    byId("back").hidden = !state.session || trail.length === 0;
    byId("languages").hidden = name !== "sign_in" && name !== "day";
    chrome();
  }

  /**
   * Whether the office takes this position: from the start. Before and after, nobody needs it.
   * @param {import("./watch.js").Fix} fix
   */
  function isUnderWay({ recorded_at: at }) {
    const sinceMs = state.isOnDuty ? data.sinceMs(aheadMs) : null;
    return sinceMs !== null && Date.parse(at) >= sinceMs;
  }

  /** What is true on every screen: duty, what is not sent, troubles. */
  function chrome() {
    const duty = byId("duty");
    duty.hidden = !state.session;
    duty.classList.toggle("on", state.isOnDuty);
    byId("duty-text").textContent = say(state.isOnDuty ? "on_duty" : "off_duty");
    const { actions, files, refused } = counts(state.entries, state.session?.driver_id ?? "");
    const parts = [
      navigator.onLine && isReached ? "" : say("unsent.offline"),
      actions ? say("unsent.waits", { n: actions }) : "",
      files ? say("unsent.files", { n: files }) : "",
      refused ? say("unsent.refused", { n: refused }) : "",
    ].filter(Boolean);
    byId("unsent").hidden = !state.session || parts.length === 0;
    byId("unsent").classList.toggle("refused", refused > 0);
    setText(byId("unsent-text"), parts.join(" "));
    const told = [...troubles.values(), ...(isSender ? [] : [say("unsent.tab")])];
    const notices = byId("notices");
    const mail = mailbox();
    if ([...notices.children].map((each) => each.textContent).join() !== [...told, ...mail.map((m) => m.text)].join()) {
      notices.replaceChildren(
        ...told.map((text) => h("p", { class: "notice" }, text)),
        ...mail.map(({ text, onTap }) => button(text, onTap, "notice mail")),
      );
    }
  }

  /** New messages, on every screen but those that show them. While the van moves nobody is told. */
  function mailbox() {
    if (!state.session || app.isMoving() || app.screen === "talk") return [];
    const waiting = (data.route()?.stops ?? [])
      .flatMap((stop) => stop.shipments)
      .map((shipment) => ({ shipment, n: data.unread(shipment.id).length }))
      .filter(({ n }) => n > 0);
    const [first] = waiting;
    if (!first) return [];
    const total = waiting.reduce((sum, { n }) => sum + n, 0);
    const from = [...new Set(waiting.map(({ shipment }) => shipment.recipient_name))];
    const text = `${newMessages(app, total)}: ${from.join(", ")}`;
    return [{ text, onTap: () => show("talk", { shipment: first.shipment.id }) }];
  }

  function background() {
    if (state.session && !STEADY.includes(app.screen)) {
      draw(true);
      return;
    }
    chrome();
    update?.();
  }

  function tellWindows() {
    otherWindows.postMessage("changed");
  }

  /** Another window has changed something: who is signed in, what is on duty, what waits. */
  async function heardWindow() {
    const before = state.session?.driver_id;
    await data.reload();
    if (state.isOnDuty) watch.start();
    else watch.stop();
    if (before === state.session?.driver_id) background();
    else render();
    void flush();
  }

  /** After something that changes which screen is the right one. */
  function settle() {
    render();
    background();
  }

  /** Sends what waits. The part that does it comes after the first view; where it cannot be loaded, the next try may. */
  async function flush() {
    sending ??= import("./sender.js").then(({ createSender }) =>
      createSender({
        ...{ store, api, say },
        session: () => (isSender ? state.session : null),
        onSignedOut: () => void data.revoked().then(settle).then(tellWindows),
        onChange: () => void data.reload().then(background).then(tellWindows),
        onDrained: () => void read(),
        onAnswer: heard,
        onPositions: (told, version) => {
          trouble("fixes", told);
          if (version && state.read?.status === "active" && version !== state.read.plan_version) void read();
        },
      }),
    );
    const sender = await sending.catch(() => null);
    if (sender) await sender.flush();
    else sending = null;
  }

  /**
   * @param {string} key
   * @param {string | null} text null: it is over
   */
  function trouble(key, text) {
    if ((troubles.get(key) ?? null) === text) return;
    if (text === null) troubles.delete(key);
    else troubles.set(key, text);
    chrome();
    // What was just tapped did not happen: that is said beside the thumb, wherever the screen is scrolled to.
    if (key !== "storage") return;
    byId("toast").replaceChildren(text ?? "");
    byId("toast").hidden = text === null;
  }

  /**
   * Puts something into the queue and begins to send. A full phone says so, and nothing is lost from the screen.
   * @param {Parameters<typeof data.record>[0]} what
   * @param {Parameters<typeof data.record>[1]} [options]
   * @param {boolean} [isHurried] fixes wait for the next batch
   * @returns {Promise<string>} the action's id; empty when it could not be kept
   */
  async function act(what, options, isHurried = true) {
    try {
      const id = await data.record(what, options);
      trouble("storage", null);
      if (isHurried) {
        void flush();
        tellWindows();
      }
      return id;
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      trouble("storage", say("trouble.storage"));
      return "";
    }
  }

  /** @param {{ status: number, skewMs: number | null }} answer */
  function heard({ status, skewMs }) {
    isReached = status !== 0;
    chrome();
    trouble("server", status >= 500 ? say("trouble.server") : null);
    if (skewMs === null) return;
    aheadMs = skewMs;
    const isWrong = Math.abs(skewMs) > CLOCK_LIMIT_MS;
    const hours = (Math.abs(skewMs) / 3_600_000).toFixed(1);
    trouble("clock", isWrong ? say("trouble.clock", { n: hours }) : null);
  }

  async function read() {
    if (!state.session) return;
    const known = state.messages.length;
    const asked = data.refresh();
    if (!state.hasRead) background();
    const answer = await asked;
    heard(answer);
    tellWindows();
    if (state.messages.length > known && mailbox().length) navigator.vibrate?.([40, 60, 40]);
    if (answer.status === 401) await data.revoked();
    background();
    if (answer.status === 401) render();
  }

  /** @param {boolean} isOn */
  async function setDuty(isOn) {
    await data.setDuty(isOn);
    if (isOn) watch.start();
    else watch.stop();
    if (!isOn) app.fix = null;
    trouble("fixes", null);
    void flush();
    tellWindows();
    background();
  }

  async function signOut() {
    await setDuty(false);
    await data.signIn(null);
    trail.length = 0;
    app.screen = "day";
    render();
    tellWindows();
  }

  /**
   * @param {string} code
   * @returns {Promise<string | null>} why not; null when it went well
   */
  async function redeem(code) {
    const answer = await api.ask("/v1/driver/session", { body: { code } });
    heard(answer);
    if (answer.status === 0) return say("unsent.offline");
    if (answer.status !== 201) return say(answer.status >= 500 ? "trouble.server" : "in.used");
    await data.signIn(answer.body);
    history.replaceState(null, "", location.pathname + location.search);
    app.screen = "day";
    render();
    void navigator.storage?.persist?.();
    tellWindows();
    void flush();
    await read();
    return null;
  }

  /**
   * @param {Span | null | undefined} span
   * @param {string} zone
   */
  function times(span, zone) {
    if (!span) return "";
    const clock = new Intl.DateTimeFormat(page.tag, {
      ...{ hour: "2-digit", minute: "2-digit", timeZone: zone },
      hour12: page.hour12,
    });
    const [earliest, latest] = [new Date(span.earliest), new Date(span.latest)];
    const [from, to] = [clock.format(earliest), clock.format(latest)];
    if (page.hour12) return clock.formatRange(earliest, latest); // am or pm stands once
    return from === to ? from : `${from}–${to}`;
  }

  byId("back").addEventListener("click", () => {
    app.screen = trail.pop() ?? "day";
    render();
  });
  byId("unsent").addEventListener("click", () => show("unsent"));
  byId("duty").addEventListener("click", () => void setDuty(!state.isOnDuty));
  addEventListener("online", () => {
    chrome();
    void flush();
    void read();
  });
  addEventListener("offline", chrome);
  addEventListener("hashchange", () => render());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    void watch.stayAwake();
    void flush();
  });
  otherWindows.addEventListener("message", () => void heardWindow());
  addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof StorageFull)) {
      trouble("fault", say("trouble.fault"));
      return;
    }
    event.preventDefault();
    trouble("storage", say("trouble.storage"));
  });

  isSender = !(await isHeldElsewhere());
  byId("screen").tabIndex = -1;
  render();
  void loadMore(page.style).catch(() => undefined); // a tap asks again, and says so
  if (state.isOnDuty) watch.start();
  void navigator.locks.request("doorstep-driver-sender", async () => {
    isSender = true;
    await data.reload();
    background();
    void flush();
    await never; // held for the life of this window
  });
  setInterval(() => {
    watch.ask();
    void flush();
  }, SEND_EVERY_MS);
  setInterval(() => {
    if (!app.isMoving()) void read(); // nobody would look at it
  }, READ_EVERY_MS);
  void read();
}

/** Whether another window sends already; so that it is not said for a moment where there is none. */
async function isHeldElsewhere() {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === "doorstep-driver-sender");
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

if ("serviceWorker" in navigator) {
  const scope = `${page.base}/driver`;
  addEventListener("load", () => void navigator.serviceWorker.register(`${scope}/worker.js`, { scope }));
}
// Without https browsers give no locks, no worker, no camera and no position: half an app would lose what it recorded.
if (window.isSecureContext) await start();
else byId("screen").replaceChildren(h("p", { class: "card lead" }, say("trouble.insecure")));
