// Asks the office for the route and the messages about it, and lets go of what they contain by now.
import { pageData } from "../shared/elements.js";
import { changes } from "./changes.js";
import { createSay } from "./dom.js";
import { withDone } from "./plan.js";

const shown = /** @type {App["page"]} */ (pageData("page-data"));
const say = createSay(shown.words, shown.tag);

const PAGE = 100;
const INSPECTION_MS = 5_000;
/** Then a picture that nobody has looked at is for the office to see to. */
const LONGEST_INSPECTION_MS = 30 * 60_000;
/** More than any van gets in a day; so that no answer makes the phone ask for ever. */
const MOST_PAGES = 20;

/**
 * @param {{
 *   store: import("./store.js").Store,
 *   api: import("./api.js").Api,
 *   state: import("./state.js").State["state"],
 *   own: () => Entry[],
 *   reload: () => Promise<void>,
 * }} wired
 * @returns {Promise<import("./api.js").Answer>}
 */
export async function readRoute({ store, api, state, own, reload }) {
  const askedMs = Date.now();
  const token = state.session?.token ?? "";
  const answer = await api.ask("/v1/driver/route", { token });
  if (answer.status !== 200 && answer.status !== 404) return answer;
  const told = answer.status === 200 ? await messages(api, token) : [];
  await reload();
  if (state.session?.token !== token) return answer; // of somebody who has signed out meanwhile
  const arrived = own().filter((each) => each.state === "sent" && (each.sent_at ?? 0) <= askedMs);
  // What was written stays until the thread has it, so that it never seems to have gone.
  const sent = arrived.filter(({ kind }) => kind !== "file" && (kind !== "message" || told));
  const judged = await judgedFiles(api, token, own(), askedMs);
  await store.put(judged.filter(({ state: now }) => now === "refused"));
  sent.push(...judged.filter(({ state: now }) => now === "sent"));
  const before = state.read;
  const fresh = /** @type {Route | null} */ (answer.status === 200 ? answer.body : null);
  /** @type {Change[]} */
  const news = sent.flatMap(({ remark, label }) => (remark ? [{ kind: remark, what: label }] : []));
  if (before) {
    const isSame = fresh?.id === before.id;
    // A route that ended has no stops any more: what was still to be done is told as gone.
    news.push(...changes(withDone(before, own()), isSame ? fresh : { ...before, stops: [], cancelled: [] }, say));
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
 * The pictures that were uploaded and looked at meanwhile: refused where the office could not read one.
 * @param {import("./api.js").Api} api
 * @param {string} token
 * @param {Entry[]} entries
 * @param {number} nowMs
 * @returns {Promise<Entry[]>}
 */
async function judgedFiles(api, token, entries, nowMs) {
  const files = entries.filter(({ kind, state }) => kind === "file" && state === "sent");
  const due = files.filter(({ sent_at: at = 0 }) => Math.abs(nowMs - at) >= INSPECTION_MS);
  /** @type {Entry[]} */
  const judged = [];
  for (const id of new Set(due.map((file) => file.shipment_id))) {
    const { status, body } = await api.ask(`/v1/driver/shipments/${id}/proofs`, { token });
    if (status !== 200 && status !== 404) continue;
    /** @type {{ proof_id: string, state: string, detail: string | null }[]} */
    const proofs = body.data ?? [];
    for (const file of due.filter((each) => each.shipment_id === id)) {
      const proof = proofs.find((each) => each.proof_id === file.proof_id);
      const isOld = Math.abs(nowMs - (file.sent_at ?? 0)) >= LONGEST_INSPECTION_MS;
      if (proof?.state === "rejected" || proof?.state === "missing")
        judged.push({ ...file, state: "refused", problem: { code: "proof", detail: proof.detail ?? "" } });
      else if (proof?.state !== "pending" || isOld) judged.push(file);
    }
  }
  return judged;
}

/**
 * All messages about the route, oldest first.
 * @param {import("./api.js").Api} api
 * @param {string} token
 * @returns {Promise<Message[] | null>} null where they could not be read
 */
async function messages(api, token) {
  /** @type {Message[]} */
  const all = [];
  let cursor = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = `limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body } = await api.ask(`/v1/driver/messages?${query}`, { token });
    if (status !== 200) return null;
    all.push(...body.data);
    cursor = body.next_cursor ?? "";
    if (!cursor) break;
  }
  return all;
}
