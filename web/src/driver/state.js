// What the app knows, and the only ways to change it. Each change is on the phone's disk before it is on the screen.
import { NO_ANSWER } from "./api.js";
import { UNDO_MS } from "./queue.js";
import { openStops, withDone } from "./plan.js";
import { unread } from "./threads.js";

/** What is kept under another name than it has here. @type {Record<string, string>} */
const NAMES = { told: "changes", readUpTo: "read_up_to" };

/**
 * What another window may have changed. A draft is not among it: it belongs to the fields on the screen.
 * @param {Entry[]} entries
 * @param {Record<string, any>} values
 */
function shared(entries, values) {
  return {
    entries,
    session: /** @type {Session | null} */ (values.session ?? null),
    /** Who signed in last. */
    driverId: /** @type {string | null} */ (values.driver ?? null),
    /** As the office said it last. */
    read: /** @type {Route | null} */ (values.route ?? null),
    /** The route before, for what is still aboard. */
    previous: /** @type {Route | null} */ (values.previous ?? null),
    hasRead: Boolean(values.has_read),
    isOnDuty: Boolean(values.duty),
    isRevoked: Boolean(values.revoked),
    later: /** @type {string[]} */ (values.later ?? []),
    told: /** @type {Change[]} */ (values.changes ?? []),
    messages: /** @type {Message[]} */ (values.messages ?? []),
    /** The newest message that the driver has seen, by shipment. */
    readUpTo: /** @type {Record<string, string>} */ (values.read_up_to ?? {}),
    tally: /** @type {Tally | null} */ (values.tally ?? null),
    /** The map app that was chosen last. */
    map: /** @type {string | null} */ (values.map ?? null),
  };
}

/**
 * @param {import("./store.js").Store} store
 * @param {import("./api.js").Api} api
 */
export async function openState(store, api) {
  const { entries: first, values: kept } = await store.all();
  const state = {
    ...shared(first, kept),
    draft: /** @type {Draft | null} */ (kept.draft ?? null),
    /** Begun messages by shipment. */
    words: /** @type {Record<string, string>} */ (kept.words ?? {}),
  };

  /** @type {Promise<import("./api.js").Answer> | null} */
  let asking = null;
  /** @type {Promise<import("./api.js").Answer> | null} */
  let askingNext = null;

  /** @returns {Entry[]} */
  function own() {
    return state.entries.filter((each) => each.driver_id === state.session?.driver_id);
  }

  /** @returns {Route | null} the route with all that was done since */
  function route() {
    return state.read && withDone(state.read, own());
  }

  async function reload() {
    const { entries, values } = await store.all();
    Object.assign(state, shared(entries, values));
  }

  /** @param {Partial<Pick<typeof state, "later" | "told" | "draft" | "words" | "readUpTo" | "map">>} values */
  async function keep(values) {
    const named = Object.entries(values).map(([name, value]) => [NAMES[name] ?? name, value ?? undefined]);
    await store.keep(Object.fromEntries(named));
    Object.assign(state, values);
  }

  /**
   * @param {Pick<Entry, "kind" | "label"> & Partial<Entry>} what
   * @param {{ files?: (Picture & { shipment_id: string })[], canUndo?: boolean }} [options]
   */
  async function record(what, { files = [], canUndo = false } = {}) {
    if (!state.session) return "";
    const at = new Date();
    const action = {
      action_id: crypto.randomUUID(),
      driver_id: state.session.driver_id,
      at: at.toISOString(),
      body: {},
      state: /** @type {const} */ ("waiting"),
      ...what,
      ...(canUndo ? { held_until: at.getTime() + UNDO_MS } : {}),
    };
    const pictures = files.map((picture) => ({
      action_id: crypto.randomUUID(),
      driver_id: action.driver_id,
      at: action.at,
      kind: /** @type {const} */ ("file"),
      label: action.label,
      body: {},
      state: /** @type {const} */ ("waiting"),
      of: action.action_id,
      ...picture,
    }));
    await store.add([action, ...pictures]);
    if (action.kind === "start") await store.keep({ tally: undefined });
    await reload();
    return action.action_id;
  }

  /** @param {string} actionId with its pictures */
  async function forget(actionId) {
    await reload();
    await store.remove(state.entries.filter((each) => each.action_id === actionId || each.of === actionId));
    await reload();
  }

  /** @param {string} actionId */
  async function sendAgain(actionId) {
    await reload();
    const found = state.entries.filter((each) => each.action_id === actionId);
    await store.put(found.map((each) => ({ ...each, state: /** @type {const} */ ("waiting"), is_meant: true })));
    await reload();
  }

  /**
   * Another picture in the place of one that the office could not read.
   * @param {Entry} entry
   * @param {Picture} picture
   */
  async function retake(entry, picture) {
    await store.put([{ ...entry, ...picture, captured_at: undefined, state: "waiting", problem: undefined }]);
    await reload();
  }

  /**
   * Since when the route is under way, of the phone's clock; null: it is not. A start that the office has not heard of
   * yet counts: it hears of it before it hears of the positions.
   * @param {number} aheadMs how far that clock is ahead of the office's
   */
  function sinceMs(aheadMs) {
    const { read } = state;
    if (read?.status === "active" && read.started_at) return Date.parse(read.started_at) + aheadMs;
    const start = own().find((each) => each.kind === "start" && each.state !== "refused");
    return read?.status === "planned" && start ? Date.parse(start.at) : null;
  }

  /**
   * Asks the office for the route, tells what has changed, and lets go of what it contains by now. One after the other:
   * an older answer must not come over a newer one.
   * @returns {Promise<import("./api.js").Answer>}
   */
  function refresh() {
    if (!asking) {
      asking = askOnce().finally(() => {
        asking = null;
      });
      return asking;
    }
    askingNext ??= asking.then(() => {
      askingNext = null;
      return refresh();
    });
    return askingNext;
  }

  /** The part that does it comes after the first view. */
  async function askOnce() {
    const reading = await import("./reading.js").catch(() => null);
    return reading ? reading.readRoute({ store, api, state, own, reload }) : NO_ANSWER;
  }

  /** @param {Session | null} session */
  async function signIn(session) {
    if (session && state.driverId !== session.driver_id) await clearRoute();
    const ofDriver = session ? { driver: session.driver_id, tally: undefined } : { duty: undefined };
    await store.keep({ ...ofDriver, session: session ?? undefined, revoked: undefined });
    await reload();
  }

  async function clearRoute() {
    const ofRoute = ["route", "previous", "has_read", "later", "changes", "draft", "messages", "read_up_to", "words"];
    await store.keep(Object.fromEntries(ofRoute.map((name) => [name, undefined])));
    Object.assign(state, { draft: null, words: {} });
  }

  /** The office does not know the token any more. The driver's work stays. */
  async function revoked() {
    await store.keep({ session: undefined, duty: undefined, revoked: true });
    await reload();
  }

  /** @param {boolean} isOn */
  async function setDuty(isOn) {
    await store.keep({ duty: isOn || undefined });
    state.isOnDuty = isOn;
  }

  return {
    isAsking: () => asking !== null,
    ...{
      state,
      own,
      route,
      sinceMs,
      reload,
      keep,
      record,
      forget,
      sendAgain,
      retake,
      refresh,
      signIn,
      revoked,
      setDuty,
    },
    /** @param {Route} plan */
    open: (plan) => openStops(plan, state.later),
    /** @param {string} shipmentId */
    unread: (shipmentId) => unread(state.messages, state.readUpTo, shipmentId),
  };
}

/** @typedef {Awaited<ReturnType<typeof openState>>} State */
