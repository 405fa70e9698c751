// What the app knows, and the only ways to change it. Each change is on the phone's disk before it is on the screen.
import { UNDO_MS } from "./queue.js";
import { changes, openStops, withDone } from "./plan.js";

/**
 * @param {import("./store.js").Store} store
 * @param {import("./api.js").Api} api
 */
export async function openState(store, api) {
  const state = {
    session: /** @type {Session | null} */ ((await store.value("session")) ?? null),
    /** As the office said it last. */
    read: /** @type {Route | null} */ ((await store.value("route")) ?? null),
    /** The route before, for what is still aboard. */
    previous: /** @type {Route | null} */ ((await store.value("previous")) ?? null),
    hasRead: Boolean(await store.value("has_read")),
    isOnDuty: Boolean(await store.value("duty")),
    later: /** @type {string[]} */ ((await store.value("later")) ?? []),
    told: /** @type {Change[]} */ ((await store.value("changes")) ?? []),
    draft: /** @type {Draft | null} */ ((await store.value("draft")) ?? null),
    isRevoked: Boolean(await store.value("revoked")),
    entries: await store.entries(),
  };

  /** @returns {Entry[]} */
  function own() {
    return state.entries.filter((each) => each.driver_id === state.session?.driver_id);
  }

  /** @returns {Route | null} the route with all that was done since */
  function route() {
    return state.read && withDone(state.read, own());
  }

  async function reload() {
    state.entries = await store.entries();
  }

  /** @param {Partial<Pick<typeof state, "later" | "told" | "draft">>} values */
  async function keep(values) {
    const names = { later: "later", told: "changes", draft: "draft" };
    for (const [name, value] of Object.entries(values)) {
      await store.keep(names[/** @type {keyof typeof names} */ (name)], value);
    }
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
    await store.put(found.map((each) => ({ ...each, state: /** @type {const} */ ("waiting") })));
    await reload();
  }

  /**
   * Asks the office for the route, tells what has changed, and lets go of what it contains by now.
   * @returns {Promise<import("./api.js").Answer>}
   */
  async function refresh() {
    const askedMs = Date.now();
    const answer = await api.ask("/v1/driver/route", { token: state.session?.token ?? "" });
    if (answer.status !== 200 && answer.status !== 404) return answer;
    await reload();
    const sent = own().filter((each) => each.state === "sent" && (each.sent_at ?? 0) <= askedMs);
    const before = state.read;
    const fresh = /** @type {Route | null} */ (answer.status === 200 ? answer.body : null);
    if (before && before.id !== fresh?.id) {
      state.previous = withDone(before, sent);
      await store.keep("previous", state.previous);
    }
    if (before && fresh) {
      const news = changes(withDone(before, own()), fresh);
      if (news.length) await keep({ told: [...state.told, ...news].slice(-20) });
    }
    state.read = fresh;
    state.hasRead = true;
    await store.keep("route", fresh ?? undefined);
    await store.keep("has_read", true);
    await store.remove(sent);
    await reload();
    return answer;
  }

  /** @param {Session | null} session */
  async function signIn(session) {
    if (session && (await store.value("driver")) !== session.driver_id) await clearRoute();
    if (session) await store.keep("driver", session.driver_id);
    await store.keep("session", session ?? undefined);
    await store.keep("revoked", undefined);
    state.session = session;
    state.isRevoked = false;
    if (!session) await setDuty(false);
  }

  async function clearRoute() {
    for (const name of ["route", "previous", "has_read", "later", "changes", "draft"])
      await store.keep(name, undefined);
    Object.assign(state, { read: null, previous: null, hasRead: false, later: [], told: [], draft: null });
  }

  /** The office does not know the token any more. The driver's work stays. */
  async function revoked() {
    await store.keep("session", undefined);
    await store.keep("revoked", true);
    state.session = null;
    state.isRevoked = true;
    await setDuty(false);
  }

  /** @param {boolean} isOn */
  async function setDuty(isOn) {
    await store.keep("duty", isOn || undefined);
    state.isOnDuty = isOn;
  }

  return {
    ...{ state, own, route, reload, keep, record, forget, sendAgain, refresh, signIn, revoked, setDuty },
    /** @param {Route} plan */
    open: (plan) => openStops(plan, state.later),
  };
}

/** @typedef {Awaited<ReturnType<typeof openState>>} State */
