// The driver's app: wires phone, queue and screens together, and keeps the top of each screen true.
import { byId, pageData } from "../shared/elements.js";
import { createApi } from "./api.js";
import { button, createSay, h } from "./dom.js";
import { isMoving } from "./places.js";
import { counts } from "./queue.js";
import { createWedge } from "./scans.js";
import { screens } from "./screens.js";
import { createSender } from "./sender.js";
import { openState } from "./state.js";
import { openStore, StorageFull } from "./store.js";
import { createWatch } from "./watch.js";

const page = /** @type {{ base: string, tag: string, words: Record<string, string> }} */ (pageData("page-data"));
const say = createSay(page.words);
const SEND_EVERY_MS = 15_000;
const READ_EVERY_MS = 60_000;
const CLOCK_LIMIT_MS = 600_000;
/** Screens whose fields and camera a change in the background must not touch. */
const STEADY = ["load", "door", "fail", "unload"];

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
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let undoTimer;
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
    undoable,
    setDuty,
    signOut,
    redeem,
    times,
    read,
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

  const sender = createSender({
    ...{ store, api },
    session: () => (isSender ? state.session : null),
    onSignedOut: () => void data.revoked().then(settle),
    onChange: () => void data.reload().then(background),
    onDrained: () => void read(),
    onAnswer: heard,
  });
  const watch = createWatch({
    onFix(fix, isDue) {
      const wasMoving = app.isMoving();
      app.fix = fix;
      if (!isMoving(fix)) isStill = false;
      if (isDue && state.isOnDuty)
        void act({ kind: "fix", label: "", body: { ...fix }, at: fix.recorded_at }, {}, false);
      if (wasMoving !== app.isMoving() || app.screen === "next") background();
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
    byId("screen").focus({ preventScroll: true });
  }

  function render() {
    leave();
    leave = () => undefined;
    const name = state.session ? app.screen : "sign_in";
    const { title, body, dock } = (screens[name] ?? screens.day)(app);
    byId("title").textContent = title;
    document.title = `${title} · Doorstep`;
    byId("screen").replaceChildren(...body);
    byId("dock").replaceChildren(...dock);
    byId("dock").hidden = dock.length === 0;
    byId("back").hidden = !state.session || trail.length === 0;
    byId("languages").hidden = name !== "sign_in" && name !== "day";
    chrome();
  }

  /** What is true on every screen: duty, what is not sent, troubles. */
  function chrome() {
    const duty = byId("duty");
    duty.hidden = !state.session;
    duty.setAttribute("aria-pressed", String(state.isOnDuty));
    byId("duty-text").textContent = say(state.isOnDuty ? "on_duty" : "off_duty");
    const { actions, files, refused } = counts(state.entries, state.session?.driver_id ?? "");
    const parts = [
      navigator.onLine && isReached ? "" : say("unsent.offline"),
      actions === 1 ? say("unsent.wait") : actions ? say("unsent.waits", { n: actions }) : "",
      files ? say("unsent.files", { n: files }) : "",
      refused ? say("unsent.refused", { n: refused }) : "",
    ].filter(Boolean);
    byId("unsent").hidden = !state.session || parts.length === 0;
    byId("unsent").classList.toggle("refused", refused > 0);
    setText(byId("unsent-text"), parts.join(" "));
    const told = [...troubles.values(), ...(isSender ? [] : [say("unsent.tab")])];
    const notices = byId("notices");
    if ([...notices.children].map((each) => each.textContent).join() !== told.join()) {
      notices.replaceChildren(...told.map((text) => h("p", { class: "notice" }, text)));
    }
  }

  function background() {
    if (!state.session || STEADY.includes(app.screen)) chrome();
    else render();
  }

  /** After something that changes which screen is the right one. */
  function settle() {
    render();
    background();
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
        void sender.flush();
        otherWindows.postMessage("entries");
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
    const isWrong = Math.abs(skewMs) > CLOCK_LIMIT_MS;
    const hours = (Math.abs(skewMs) / 3_600_000).toFixed(1);
    trouble("clock", isWrong ? say("trouble.clock", { n: hours }) : null);
  }

  async function read() {
    if (!state.session) return;
    const answer = await data.refresh();
    heard(answer);
    if (answer.status === 401) await data.revoked();
    background();
    if (answer.status === 401) render();
  }

  /**
   * Offers to undo while the action is held back.
   * @param {string} text
   * @param {string} actionId
   * @param {() => void} onUndo
   */
  function undoable(text, actionId, onUndo) {
    const toast = byId("toast");
    clearInterval(undoTimer);
    let left = 10;
    const undo = button(say("undo", { n: left }), async () => {
      clearInterval(undoTimer);
      await data.forget(actionId);
      toast.hidden = true;
      onUndo();
    });
    toast.replaceChildren(h("span", {}, text), undo);
    toast.hidden = false;
    undoTimer = setInterval(() => {
      left -= 1;
      undo.textContent = say("undo", { n: left });
      if (left > 0) return;
      clearInterval(undoTimer);
      toast.hidden = true;
      void sender.flush();
    }, 1_000);
  }

  /** @param {boolean} isOn */
  async function setDuty(isOn) {
    await data.setDuty(isOn);
    if (isOn) watch.start();
    else watch.stop();
    if (!isOn) app.fix = null;
    void sender.flush();
    background();
  }

  async function signOut() {
    await setDuty(false);
    await data.signIn(null);
    trail.length = 0;
    app.screen = "day";
    render();
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
    void sender.flush();
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
      hour12: page.tag.includes("-"), // as the server chooses tags: only those with such times have a region
    });
    const from = clock.format(new Date(span.earliest));
    const to = clock.format(new Date(span.latest));
    return from === to ? from : `${from}–${to}`;
  }

  const feed = createWedge();
  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const text = feed(event.key, event.timeStamp);
    if (!text || !STEADY.includes(app.screen)) return;
    event.preventDefault(); // Enter would also tap the button that has the focus
    dispatchEvent(new CustomEvent("doorstep-scan", { detail: text }));
  });
  byId("back").addEventListener("click", () => {
    app.screen = trail.pop() ?? "day";
    render();
  });
  byId("unsent").addEventListener("click", () => show("unsent"));
  byId("duty").addEventListener("click", () => void setDuty(!state.isOnDuty));
  addEventListener("online", () => {
    chrome();
    void sender.flush();
    void read();
  });
  addEventListener("offline", chrome);
  addEventListener("hashchange", () => render());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    void watch.stayAwake();
    void sender.flush();
  });
  otherWindows.addEventListener("message", () => void data.reload().then(background).then(sender.flush));
  addEventListener("unhandledrejection", () => trouble("fault", say("trouble.fault")));

  isSender = !(await isHeldElsewhere());
  byId("screen").tabIndex = -1;
  render();
  if (state.isOnDuty) watch.start();
  void navigator.locks.request("doorstep-driver-sender", async () => {
    isSender = true;
    await data.reload();
    background();
    void sender.flush();
    await never; // held for the life of this window
  });
  setInterval(() => void sender.flush(), SEND_EVERY_MS);
  setInterval(() => void read(), READ_EVERY_MS);
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
