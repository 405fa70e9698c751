// What a scanned code means on this van, said at once and without a network. The office has the last word.

/** @typedef {{ verdict: string, barcode: string, choices: Shipment[], stop: Stop | null }} Match */

/**
 * The code in a text: scanners and people add spaces, line ends, marks of GS1 and of the symbology.
 * An SSCC has 18 digits, with or without what announces it.
 * @param {string} text
 */
function cleaned(text) {
  const bare = text
    .normalize("NFKC")
    .replace(/[\p{Z}\p{C}]/gu, "")
    .replace(/^\][A-Za-z][0-9A-Za-z]/, "");
  return /^(?:\(00\)|00)(\d{18})$/.exec(bare)?.[1] ?? bare;
}

/** What two codes have in common when they are the same, the surest first. */
const FORMS = [
  (/** @type {string} */ code) => code.trim(),
  cleaned,
  (/** @type {string} */ code) => cleaned(code).toLowerCase(),
];

/**
 * Those of the stored codes that a text means.
 * @param {Iterable<string>} stored
 * @param {string} text
 */
export function meant(stored, text) {
  const all = [...stored];
  for (const form of FORMS) {
    const same = all.filter((code) => form(code) === form(text));
    if (same.length) return new Set(same);
  }
  return new Set();
}

/**
 * @param {Route} route
 * @param {string} text
 * @param {string} [shipmentId] of several with the same code
 * @returns {Match}
 */
export function matchScan(route, text, shipmentId) {
  const barcode = text.trim();
  const planned = route.stops.flatMap((stop) =>
    stop.shipments.flatMap((shipment) => shipment.barcodes.map((code) => ({ stop, shipment, code }))),
  );
  const codes = meant(
    planned.map(({ code }) => code),
    text,
  );
  const found = planned.filter(({ code }) => codes.has(code));
  const chosen = shipmentId ? found.filter(({ shipment }) => shipment.id === shipmentId) : found;
  const open = chosen.filter(({ shipment, code }) => !shipment.scanned_barcodes.includes(code));
  const [first] = open.length ? open : chosen;
  if (!first) {
    const isCancelled = route.cancelled.some((each) => meant(each.barcodes, text).size > 0);
    return { verdict: isCancelled ? "cancelled" : "not_on_route", barcode, choices: [], stop: null };
  }
  if (open.length > 1) return { verdict: "ambiguous", barcode, choices: open.map((e) => e.shipment), stop: null };
  if (!open.length) return { verdict: "already_loaded", barcode: first.code, choices: [], stop: first.stop };
  const rest = first.shipment.barcodes.length - first.shipment.scanned_barcodes.length - 1;
  return { verdict: rest > 0 ? "partly_loaded" : "loaded", barcode: first.code, choices: [], stop: first.stop };
}

/** @param {string} verdict */
export function isAboard(verdict) {
  return ["loaded", "already_loaded", "partly_loaded"].includes(verdict);
}

/**
 * A hand scanner types very fast and ends with Enter. Feed it keys; it gives the code at the Enter.
 * @param {number} [fastMs] the longest time between two keys of a scanner
 */
export function createWedge(fastMs = 60) {
  let text = "";
  let last = -Infinity;
  /**
   * @param {string} key
   * @param {number} atMs
   * @returns {string | null}
   */
  return function feed(key, atMs) {
    if (atMs - last > fastMs) text = "";
    last = atMs;
    if (key === "Enter") {
      const whole = text;
      text = "";
      return whole.length >= 4 ? whole : null;
    }
    if (key.length === 1) text += key;
    return null;
  };
}
