// The route as the driver sees it: what the office said last, with what was done since.

/** @param {Stop} stop */
export function nameOf(stop) {
  const [first] = stop.shipments;
  return first?.address_lines[0] ?? first?.recipient_name ?? "";
}

/** @param {Shipment} shipment */
export function barcodesAboard(shipment) {
  return shipment.parcels.filter(({ state }) => state === "aboard").map(({ barcode }) => barcode);
}

/**
 * @param {Route} route
 * @param {Entry[]} entries
 * @returns {Route}
 */
export function withDone(route, entries) {
  /** @type {Route} */
  const now = structuredClone(route);
  for (const entry of entries) if (entry.state !== "refused") apply(now, entry);
  now.missing = now.stops.flatMap((stop) =>
    stop.is_done
      ? []
      : stop.shipments
          .map((each) => ({
            stop_id: stop.id,
            shipment_id: each.id,
            barcodes: each.barcodes.filter((code) => !each.scanned_barcodes.includes(code)),
          }))
          .filter(({ barcodes }) => barcodes.length > 0),
  );
  return now;
}

/**
 * @param {Route} route
 * @param {Entry} entry
 */
function apply(route, { kind, body, stop_id: stopId }) {
  if (kind === "start") route.status = "active";
  if (kind === "scan" || kind === "unload") {
    for (const shipment of route.stops.flatMap((stop) => stop.shipments)) move(shipment, kind === "scan", body);
    for (const each of route.cancelled) {
      if (kind === "unload") each.scanned_barcodes = each.scanned_barcodes.filter((code) => code !== body.barcode);
    }
  }
  const stop = route.stops.find(({ id }) => id === stopId);
  if (!stop) return;
  if (kind === "arrive") for (const each of stop.shipments) each.status = "arrived";
  if (kind === "deliver" || kind === "fail") visit(stop, kind, body);
}

/**
 * @param {Shipment} shipment
 * @param {boolean} isOn
 * @param {Record<string, unknown>} body
 */
function move(shipment, isOn, { barcode, shipment_id: wanted }) {
  const code = String(barcode);
  if (!shipment.barcodes.includes(code) || (wanted && wanted !== shipment.id)) return;
  shipment.scanned_barcodes = shipment.scanned_barcodes.filter((each) => each !== code);
  if (isOn) shipment.scanned_barcodes.push(code);
  for (const parcel of shipment.parcels) if (parcel.barcode === code) parcel.state = isOn ? "aboard" : "at_hub";
}

/**
 * @param {Stop} stop
 * @param {"deliver" | "fail"} kind
 * @param {Record<string, unknown>} body
 */
function visit(stop, kind, { barcodes }) {
  const named = /** @type {string[]} */ (barcodes ?? []);
  for (const shipment of stop.shipments) {
    const codes = named.length ? barcodesAboard(shipment).filter((code) => named.includes(code)) : null;
    if (codes?.length === 0) continue;
    if (kind === "fail") {
      shipment.status = "attempt_failed";
    } else {
      for (const parcel of shipment.parcels) {
        if (parcel.state === "aboard" && (!codes || codes.includes(parcel.barcode))) parcel.state = "delivered";
      }
      if (!barcodesAboard(shipment).length) shipment.status = "delivered";
    }
  }
  stop.is_done = stop.shipments.every(({ status }) => ["delivered", "attempt_failed"].includes(status));
}

/**
 * The stops still to be made; those that the driver wants to do later come last.
 * @param {Route} route
 * @param {string[]} later ids of stops
 */
export function openStops(route, later) {
  const open = route.stops.filter((stop) => !stop.is_done);
  return [
    ...open.filter(({ id }) => !later.includes(id)),
    ...later.flatMap((id) => open.filter((stop) => stop.id === id)),
  ];
}
