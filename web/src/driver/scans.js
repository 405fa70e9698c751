// What a scanned code means on this van, said at once and without a network. The office has the last word.

/** @typedef {{ verdict: string, barcode: string, choices: Shipment[], stop: Stop | null }} Match */

/**
 * Scanners and people add spaces, line ends and, with GS1, a symbology mark in front.
 * @param {string} text
 */
export function cleaned(text) {
  return text.replace(/^\](C1|d2|Q3|e0|J1)/, "").trim();
}

/**
 * @param {Route} route
 * @param {string} text
 * @param {string} [shipmentId] of several with the same code
 * @returns {Match}
 */
export function matchScan(route, text, shipmentId) {
  const barcode = cleaned(text);
  const found = route.stops.flatMap((stop) =>
    stop.shipments.filter((each) => each.barcodes.includes(barcode)).map((shipment) => ({ stop, shipment })),
  );
  const chosen = shipmentId ? found.filter(({ shipment }) => shipment.id === shipmentId) : found;
  const open = chosen.filter(({ shipment }) => !shipment.scanned_barcodes.includes(barcode));
  const [first] = open.length ? open : chosen;
  if (!first) {
    const isCancelled = route.cancelled.some((each) => each.barcodes.includes(barcode));
    return { verdict: isCancelled ? "cancelled" : "not_on_route", barcode, choices: [], stop: null };
  }
  if (open.length > 1) return { verdict: "ambiguous", barcode, choices: open.map((e) => e.shipment), stop: null };
  if (!open.length) return { verdict: "already_loaded", barcode, choices: [], stop: first.stop };
  const rest = first.shipment.barcodes.length - first.shipment.scanned_barcodes.length - 1;
  return { verdict: rest > 0 ? "partly_loaded" : "loaded", barcode, choices: [], stop: first.stop };
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
