// Sends the queue, one job after the other. An entry is taken away only when the office has answered.
import { isStale, meaning, nextJob, waitMs } from "./queue.js";
import { isAboard } from "./scans.js";
import { counted, reported, verdictOn } from "./positions.js";

const CLOCKS_DIFFER_MS = 60_000;
const PATHS = {
  ...{ scan: "scans", unload: "unloads", start: "route/start", fix: "positions" },
  ...{ message: "messages", seen: "messages/seen" },
};

/**
 * @param {{
 *   store: import("./store.js").Store,
 *   api: import("./api.js").Api,
 *   session: () => Session | null,
 *   onSignedOut: () => void,
 *   onChange: () => void,
 *   onDrained: () => void,
 *   onAnswer: (answer: { status: number, skewMs: number | null }) => void,
 *   say: App["say"],
 *   onPositions: (told: string | null, planVersion: number) => void,
 * }} wired
 */
export function createSender({ store, api, session, onSignedOut, onChange, onDrained, onAnswer, say, onPositions }) {
  let isBusy = false;
  let failures = 0;
  let restMs = 0;
  let lastStatus = 0;
  /** How far the phone's clock is ahead of the office's. */
  let aheadMs = 0;
  /** One who writes too fast waits with messages, and with nothing else. */
  let quietUntilMs = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {number} ms */
  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  }

  async function flush() {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(timer);
    let hasSent = false;
    try {
      for (;;) {
        const signedIn = session();
        if (!signedIn) return;
        const job = nextJob(await store.entries(), signedIn.driver_id, Date.now(), quietUntilMs);
        if (job.kind === "idle") break;
        if (job.kind === "wait") {
          later(job.ms);
          break;
        }
        const result = await send(job.entries, signedIn.token);
        onChange();
        if (result === "signed_out") {
          onSignedOut();
          return;
        }
        if (result === "again" && isTooMuchTalk(job.entries)) quietUntilMs = Date.now() + waitMs(4, restMs);
        else if (result === "again") {
          failures += 1;
          later(waitMs(failures, restMs));
          return;
        }
        if (result !== "again") failures = 0;
        // Positions change nothing that the driver sees; their answer says when there is another plan.
        if (job.entries[0]?.kind !== "fix") hasSent = true;
      }
    } catch {
      later(waitMs((failures += 1))); // the phone's own storage failed; the entry is still there
    } finally {
      isBusy = false;
      if (hasSent) onDrained();
    }
  }

  /**
   * @param {Entry[]} entries of one kind
   * @param {string} token
   */
  async function send(entries, token) {
    const [first] = entries;
    if (!first) return "sent";
    if (first.kind === "file") return sendFile(await dated(first), token);
    if (isStale(first, Date.now())) {
      await store.put([{ ...first, state: "refused", problem: { code: "stale", detail: "" } }]);
      return "refused";
    }
    if (first.kind === "deliver" || first.kind === "fail") {
      const ready = await allowed(first, token);
      if (ready !== "sent") return ready;
    }
    const answer = await api.ask(pathOf(first), { token, body: await bodyOf(entries) });
    return settle(entries, answer);
  }

  /**
   * @param {Entry[]} entries
   * @param {import("./api.js").Answer} answer
   */
  async function settle(entries, answer) {
    onAnswer(answer);
    restMs = answer.afterMs;
    const meant = meaning(answer.status, answer.saysWhen);
    lastStatus = answer.status;
    aheadMs = answer.skewMs ?? aheadMs;
    const isOver = meant === "sent" || meant === "refused";
    const kind = entries[0]?.kind;
    if (isOver && kind === "fix") {
      // What is refused would come back for ever, and no person can mend it. It is counted and told instead.
      const report = reported(entries.length, meant === "sent" ? answer.body : null);
      await store.removeCounted(entries, "tally", (tally) => counted(tally, report, entries[0]?.at ?? ""));
      onPositions(verdictOn(report, say), answer.body?.plan_version ?? 0);
    } else if (isOver && kind === "seen") await store.remove(entries);
    else if (meant === "sent") await store.put(entries.map((each) => settled(each, answer.body)));
    else if (meant === "refused") {
      const problem = problemOf(answer.body);
      await store.put(entries.map((each) => ({ ...each, state: "refused", problem })));
    }
    return meant;
  }

  /** @param {Entry[]} entries */
  function isTooMuchTalk([first]) {
    return (first?.kind === "message" || first?.kind === "seen") && lastStatus === 429;
  }

  /**
   * Asks for a place for each picture. The report names them; no delivery waits for the pictures themselves.
   * @param {Entry} action
   * @param {string} token
   */
  async function allowed(action, token) {
    for (const found of await filesOf(action)) {
      if (found.proof_id) continue;
      const file = await dated(found);
      const body = proofBody(file);
      const answer = await api.ask("/v1/driver/proofs", { token, body, key: file.action_id });
      const meant = meaning(answer.status, answer.saysWhen);
      if (meant !== "sent") return settle([action], answer);
      await store.put([{ ...file, proof_id: answer.body.proof_id }]);
    }
    return "sent";
  }

  /**
   * The picture with when it was taken by the office's clock, as far as the phone knows that. It is worked out once, so
   * that a repeat says the same.
   * @param {Entry} file
   * @returns {Promise<Entry>}
   */
  async function dated(file) {
    if (!file.taken_at || file.captured_at) return file;
    const ms = Date.parse(file.taken_at) - (Math.abs(aheadMs) > CLOCKS_DIFFER_MS ? aheadMs : 0);
    const known = { ...file, captured_at: new Date(ms).toISOString() };
    await store.put([known]);
    return known;
  }

  /**
   * @param {Entry} file
   * @param {string} token
   */
  async function sendFile(file, token) {
    const body = { ...proofBody(file), proof_id: file.proof_id };
    const answer = await api.ask("/v1/driver/proofs", { token, body });
    const meant = meaning(answer.status, answer.saysWhen);
    if (meant !== "sent") return settle([file], answer);
    const status = await api.upload(answer.body.url, answer.body.fields, file.blob ?? new Blob());
    const uploaded = meaning(status);
    // The picture has left the phone. What the office thinks of it comes a little later (reading.js).
    if (uploaded === "sent") {
      const kept = { ...file.body, content_type: file.blob?.type };
      await store.put([{ ...file, body: kept, blob: undefined, state: "sent", sent_at: Date.now() }]);
    }
    if (uploaded === "refused" || uploaded === "signed_out") {
      const problem = { code: "upload_refused", detail: String(status) };
      await store.put([{ ...file, state: "refused", problem }]);
      return "refused";
    }
    return uploaded;
  }

  /** @param {Entry} action */
  async function filesOf(action) {
    return (await store.entries()).filter(({ kind, of }) => kind === "file" && of === action.action_id);
  }

  /** @param {Entry[]} entries */
  async function bodyOf(entries) {
    const [first] = entries;
    if (!first) return {};
    const sentAt = new Date().toISOString();
    switch (first.kind) {
      case "fix":
        return { sent_at: sentAt, fixes: entries.map(({ body }) => body) };
      case "seen":
        return first.body;
      case "message":
        return { ...first.body, action_id: first.action_id };
      case "scan":
      case "unload":
        return { scans: entries.map((e) => ({ ...e.body, action_id: e.action_id, scanned_at: e.at })) };
      case "start":
        return { ...first.body, action_id: first.action_id, occurred_at: first.at, sent_at: sentAt };
      default: {
        const files = first.kind === "arrive" ? [] : await filesOf(first);
        const proofs = files.length ? { proof_ids: files.map((file) => file.proof_id) } : {};
        return { ...first.body, ...proofs, action_id: first.action_id, occurred_at: first.at, sent_at: sentAt };
      }
    }
  }

  return { flush, later };
}

/** @param {Entry} entry */
function pathOf({ kind, stop_id: stopId }) {
  const path = kind in PATHS ? PATHS[/** @type {keyof typeof PATHS} */ (kind)] : `stops/${stopId}/${kind}`;
  return `/v1/driver/${path}`;
}

/** @param {Entry} file */
function proofBody(file) {
  const { size, type } = file.blob ?? new Blob();
  const kind = file.proof_kind ?? (type === "image/png" ? "signature" : "photo");
  return {
    ...{ shipment_id: file.shipment_id, kind, content_type: type, size_bytes: size },
    ...(file.captured_at ? { captured_at: file.captured_at } : {}),
    ...(file.place ? { place: file.place } : {}),
  };
}

/**
 * A scan has a verdict of its own, and the office may know better than the phone did.
 * @param {Entry} entry
 * @param {any} body
 * @returns {Entry}
 */
function settled(entry, body) {
  /** @type {Entry} */
  const sent = { ...entry, state: "sent", sent_at: Date.now() };
  const shipments = /** @type {{ pin?: string | null }[]} */ (body?.shipments ?? []);
  if (entry.body.pin && shipments.some(({ pin }) => pin === "unconfirmed")) return { ...sent, remark: "pin" };
  if (entry.kind !== "scan" && entry.kind !== "unload") return sent;
  const results = /** @type {{ action_id: string, verdict: string }[]} */ (body?.results ?? []);
  const verdict = results.find((each) => each.action_id === entry.action_id)?.verdict ?? "loaded";
  if (entry.kind === "scan" ? isAboard(verdict) : ["unloaded", "not_aboard"].includes(verdict)) return sent;
  return { ...entry, state: "refused", problem: { code: `scan.${verdict}`, detail: verdict } };
}

/** @param {any} body a problem document */
function problemOf(body) {
  const error = body?.errors?.[0];
  return {
    code: String(error?.code ?? body?.code ?? "other"),
    detail: String(error?.detail ?? body?.detail ?? body?.title ?? ""),
  };
}
