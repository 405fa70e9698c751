// The order in which things leave the phone, and what an answer means for them. Nothing here touches phone or network.

const MOST_FIXES = 200;
const MOST_SCANS = 50;
const LONGEST_WAIT_MS = 60_000;
const STALE_MS = 30 * 60_000;
export const UNDO_MS = 10_000;

/** @typedef {{ kind: "send", entries: Entry[] } | { kind: "wait", ms: number } | { kind: "idle" }} Job */

/**
 * What is to be sent next: actions in the order in which they were done, then pictures whose action has arrived.
 * Fixes and scans that follow each other go together. What can still be undone holds back all that came after it.
 * Messages are in the same order, but neither wait for actions that are held nor hold any.
 * @param {Entry[]} entries
 * @param {string} driverId
 * @param {number} nowMs
 * @param {number} [quietUntilMs] before this the office takes no more messages
 * @returns {Job}
 */
export function nextJob(entries, driverId, nowMs, quietUntilMs = 0) {
  const own = entries.filter((each) => each.driver_id === driverId).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const waiting = own.filter(({ state }) => state === "waiting");
  const actions = waiting.filter(({ kind }) => kind !== "file" && !isTalk(kind));
  const talk = waiting.filter(({ kind }) => isTalk(kind));
  const [action, message] = [actions[0], talk[0]];
  const actionMs = heldMs(action, nowMs);
  const messageMs = Math.max(heldMs(message, nowMs), message ? quietUntilMs - nowMs : 0);
  if (message && messageMs <= 0 && (actionMs > 0 || !action || (message.seq ?? 0) < (action.seq ?? 0)))
    return { kind: "send", entries: [message] };
  if (action && actionMs <= 0) return { kind: "send", entries: together(actions) };
  const open = new Set(own.filter(({ kind, state }) => kind !== "file" && state !== "sent").map((e) => e.action_id));
  const file = waiting.find(({ kind, of, proof_id: id }) => kind === "file" && id && of && !open.has(of));
  if (file) return { kind: "send", entries: [file] };
  const waits = [actionMs, messageMs].filter((ms) => ms > 0);
  return waits.length ? { kind: "wait", ms: Math.min(...waits) } : { kind: "idle" };
}

/** @param {Kind} kind */
function isTalk(kind) {
  return kind === "message" || kind === "seen";
}

/**
 * How long it can still be undone.
 * @param {Entry | undefined} entry
 * @param {number} nowMs
 */
function heldMs(entry, nowMs) {
  const ms = entry?.held_until ? entry.held_until - nowMs : 0;
  // A clock that was set back must not hold an action for longer than it could be undone.
  return ms <= UNDO_MS ? Math.max(0, ms) : 0;
}

/**
 * Whether a message has waited so long that it may not be true any more ("in five minutes"). The driver is asked.
 * @param {Entry} entry
 * @param {number} nowMs
 */
export function isStale({ kind, at, is_meant: isMeant }, nowMs) {
  return kind === "message" && !isMeant && nowMs - Date.parse(at) > STALE_MS;
}

/** @param {Entry[]} actions */
function together(actions) {
  const kind = actions[0]?.kind;
  const most = kind === "fix" ? MOST_FIXES : kind === "scan" || kind === "unload" ? MOST_SCANS : 1;
  const end = actions.findIndex((each) => each.kind !== kind);
  return actions.slice(0, Math.min(most, end < 0 ? actions.length : end));
}

/**
 * What an answer means: it has arrived, try again, sign in again, or a person must look at it.
 * @param {number} status 0: no answer
 * @param {boolean} saysWhen whether it has Retry-After
 * @returns {"sent" | "again" | "signed_out" | "refused"}
 */
export function meaning(status, saysWhen = false) {
  if (status >= 200 && status < 300) return "sent";
  if (status === 401) return "signed_out";
  if (status < 400 || status >= 500 || saysWhen || [408, 425, 429].includes(status)) return "again";
  return "refused";
}

/**
 * @param {number} failures in a row
 * @param {number} askedMs what Retry-After asked for
 */
export function waitMs(failures, askedMs = 0) {
  return Math.max(askedMs, Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(failures, 6)));
}

/**
 * What waits on this phone, for the line at the top.
 * @param {Entry[]} entries
 * @param {string} driverId
 */
export function counts(entries, driverId) {
  const own = entries.filter((each) => each.driver_id === driverId);
  const waiting = own.filter(({ state }) => state === "waiting");
  return {
    actions: waiting.filter(({ kind }) => isDone(kind) && kind !== "file").length,
    files: waiting.filter(({ kind }) => kind === "file").length,
    refused: own.filter(({ state }) => state === "refused").length,
    others: entries.filter((each) => each.driver_id !== driverId && each.state === "waiting" && isDone(each.kind))
      .length,
  };
}

/**
 * Whether a person did it; the phone does the rest by itself.
 * @param {Kind} kind
 */
export function isDone(kind) {
  return kind !== "fix" && kind !== "seen";
}
