// Threads: what is said about each shipment of the route, by the office's account and by this phone's queue.

/**
 * A line of a thread. `at` is of the office's clock, or of the phone's where `state` says that it is still here.
 * @typedef {{ author: Message["author"], text: string, quick_reply: string | null, at: string,
 *   state: Entry["state"] | null }} Line
 */

/**
 * The thread of a shipment, oldest first; what this phone has not sent yet comes last.
 * @param {Message[]} messages
 * @param {Entry[]} entries
 * @param {string} shipmentId
 * @returns {Line[]}
 */
export function threadOf(messages, entries, shipmentId) {
  const told = messages.filter((each) => each.shipment_id === shipmentId);
  const own = entries.filter(({ kind, body }) => kind === "message" && body.shipment_id === shipmentId);
  return [
    ...told.map(({ author, text, quick_reply: quick, written_at: at }) => ({
      ...{ author, text, quick_reply: quick, at, state: null },
    })),
    ...own.map(({ body, at, state }) => ({
      author: /** @type {const} */ ("driver"),
      text: String(body.text ?? ""),
      quick_reply: /** @type {string | null} */ (body.quick_reply ?? null),
      ...{ at, state },
    })),
  ];
}

/**
 * What others have written and the driver has not seen. Whoever answers has read.
 * @param {Message[]} messages oldest first
 * @param {Record<string, string>} readUpTo the newest message read, by shipment
 * @param {string} shipmentId
 * @returns {Message[]}
 */
export function unread(messages, readUpTo, shipmentId) {
  const all = messages.filter((each) => each.shipment_id === shipmentId);
  const answered = all.filter(({ author }) => author === "driver").at(-1)?.id ?? "";
  const read = readUpTo[shipmentId] ?? "";
  return all.filter(({ author, id }) => author !== "driver" && id > read && id > answered);
}

/**
 * Whether the office takes messages about it, as far as the phone can tell: not before it is loaded.
 * @param {Shipment} shipment
 */
export function isOpen({ status, scanned_barcodes: scanned }) {
  return scanned.length > 0 || !["created", "accepted"].includes(status);
}
