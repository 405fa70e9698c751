// The order in which things leave the phone, and what an answer means for them. Nothing here touches phone or network.

const MOST_FIXES = 200;
const MOST_SCANS = 50;
const LONGEST_WAIT_MS = 60_000;
export const UNDO_MS = 10_000;

/** @typedef {{ kind: "send", entries: Entry[] } | { kind: "wait", ms: number } | { kind: "idle" }} Job */

/**
 * What is to be sent next: actions in the order in which they were done, then pictures whose action has arrived.
 * Fixes and scans that follow each other go together. What can still be undone holds back all that came after it.
 * @param {Entry[]} entries
 * @param {string} driverId
 * @param {number} nowMs
 * @returns {Job}
 */
export function nextJob(entries, driverId, nowMs) {
  const own = entries.filter((each) => each.driver_id === driverId).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const waiting = own.filter(({ state }) => state === "waiting");
  const actions = waiting.filter(({ kind }) => kind !== "file");
  const [first] = actions;
  const heldMs = first?.held_until ? first.held_until - nowMs : 0;
  // A clock that was set back must not hold an action for longer than it could be undone.
  const isHeld = heldMs > 0 && heldMs <= UNDO_MS;
  if (first && !isHeld) return { kind: "send", entries: together(actions) };
  const open = new Set(own.filter(({ kind, state }) => kind !== "file" && state !== "sent").map((e) => e.action_id));
  const file = waiting.find(({ kind, of, proof_id: id }) => kind === "file" && id && of && !open.has(of));
  if (file) return { kind: "send", entries: [file] };
  return isHeld ? { kind: "wait", ms: heldMs } : { kind: "idle" };
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
    actions: waiting.filter(({ kind }) => kind !== "file" && kind !== "fix").length,
    files: waiting.filter(({ kind }) => kind === "file").length,
    refused: own.filter(({ state }) => state === "refused").length,
    others: entries.filter((each) => each.driver_id !== driverId && each.state === "waiting" && each.kind !== "fix")
      .length,
  };
}
