// The kind of state that a shipment's status is shown as. Its word is the status itself.

/** @type {Record<string, "ok" | "late" | "failed" | "done" | "info">} */
const KINDS = {
  out_for_delivery: "ok",
  arriving: "ok",
  arrived: "ok",
  delivered: "done",
  attempt_failed: "failed",
  returning: "failed",
  returned: "failed",
  cancelled: "failed",
};

/**
 * @param {{ status: string, delayed?: boolean }} shipment
 * @returns {"ok" | "late" | "failed" | "done" | "info"}
 */
export function kindOf({ status, delayed }) {
  const kind = KINDS[status] ?? "info";
  return delayed && kind === "ok" ? "late" : kind;
}
