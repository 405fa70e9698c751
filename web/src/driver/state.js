// What the app knows, and the only ways to change it. Each change is on the phone's disk before it is on the screen.
import { UNDO_MS } from "./queue.js";
import { changes, openStops, withDone } from "./plan.js";
import { unread } from "./threads.js";

const PAGE = 100;
/** More than any van gets in a day; so that no answer makes the phone ask for ever. */
const MOST_PAGES = 20;

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
   * @param {{ files?: { blob: Blob, shipment_id: string }[], canUndo?: boolean }} [options]
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
    const pictures = files.map(({ blob, shipment_id: shipmentId }) => ({
      action_id: crypto.randomUUID(),
      driver_id: action.driver_id,
      at: action.at,
      kind: /** @type {const} */ ("file"),
      label: action.label,
      body: {},
      state: /** @type {const} */ ("waiting"),
      of: action.action_id,
      shipment_id: shipmentId,
      blob,
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

  async function askOnce() {
    const askedMs = Date.now();
    const answer = await api.ask("/v1/driver/route", { token: state.session?.token ?? "" });
    if (answer.status !== 200 && answer.status !== 404) return answer;
    const told = answer.status === 200 ? await heardMessages() : [];
    await reload();
    const arrived = own().filter((each) => each.state === "sent" && (each.sent_at ?? 0) <= askedMs);
    // What was written stays until the thread has it, so that it never seems to have gone.
    const sent = arrived.filter(({ kind }) => kind !== "message" || told);
    const before = state.read;
    const fresh = /** @type {Route | null} */ (answer.status === 200 ? answer.body : null);
    /** @type {Change[]} */
    let news = [];
    if (before) {
      const isSame = fresh?.id === before.id;
      // A route that ended has no stops any more: what was still to be done is told as gone.
      news = changes(withDone(before, own()), isSame ? fresh : { ...before, stops: [], cancelled: [] });
    }
    const values = {
      ...{ route: fresh ?? undefined, has_read: true },
      ...(before && before.id !== fresh?.id ? { previous: withDone(before, sent) } : {}),
      ...(news.length ? { changes: [...state.told, ...news].slice(-20) } : {}),
      ...(told ? { messages: told } : {}),
    };
    await store.keep(values, sent);
    await reload();
    return answer;
  }

  /**
   * All messages about the route, oldest first.
   * @returns {Promise<Message[] | null>} null where they could not be read
   */
  async function heardMessages() {
    /** @type {Message[]} */
    const all = [];
    let cursor = "";
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = `limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { status, body } = await api.ask(`/v1/driver/messages?${query}`, { token: state.session?.token ?? "" });
      if (status !== 200) return null;
      all.push(...body.data);
      cursor = body.next_cursor ?? "";
      if (!cursor) break;
    }
    return all;
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
    ...{ state, own, route, reload, keep, record, forget, sendAgain, refresh, signIn, revoked, setDuty },
    /** @param {Route} plan */
    open: (plan) => openStops(plan, state.later),
    /** @param {string} shipmentId */
    unread: (shipmentId) => unread(state.messages, state.readUpTo, shipmentId),
  };
}

/** @typedef {Awaited<ReturnType<typeof openState>>} State */
