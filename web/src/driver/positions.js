// What the office made of the positions: how many it keeps, how many it does not, and why. Nothing is dropped unsaid.

/** Of several reasons the first of these is told: it is the one that somebody can mend. */
const REFUSALS = ["future", "no_time", "no_place", "too_old", "off_shift"];
const DOUBTS = ["mock", "null_island", "poor_accuracy", "teleport"];
const UNREADABLE = "unreadable";

/**
 * The verdicts on one batch. `doubted` are kept, but the office does not go by them.
 * @typedef {{ taken: number, doubted: Record<string, number>, refused: Record<string, number> }} Report
 * @typedef {{ reasons: string[], indexes: number[] }} Verdicts
 */

/**
 * @param {number} sent
 * @param {{ rejected?: Verdicts[], suspect?: Verdicts[] } | null} answer null: the batch as a whole was refused
 * @returns {Report}
 */
export function reported(sent, answer) {
  if (!answer) return { taken: 0, doubted: {}, refused: { [UNREADABLE]: sent } };
  const refused = grouped(answer.rejected ?? [], REFUSALS);
  return { taken: sent - sum(refused), doubted: grouped(answer.suspect ?? [], DOUBTS), refused };
}

/**
 * @param {Verdicts[]} verdicts
 * @param {string[]} order
 * @returns {Record<string, number>}
 */
function grouped(verdicts, order) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const { reasons, indexes } of verdicts) {
    const reason = order.find((each) => reasons.includes(each)) ?? reasons[0] ?? UNREADABLE;
    found[reason] = (found[reason] ?? 0) + indexes.length;
  }
  return found;
}

/**
 * @param {Tally | undefined} tally
 * @param {Report} report
 * @param {string} since when the first of these was recorded
 * @returns {Tally}
 */
export function counted(tally, report, since) {
  return {
    since: tally?.since ?? since,
    taken: (tally?.taken ?? 0) + report.taken,
    doubted: together(tally?.doubted ?? {}, report.doubted),
    refused: together(tally?.refused ?? {}, report.refused),
  };
}

/**
 * @param {Record<string, number>} a
 * @param {Record<string, number>} b
 */
function together(a, b) {
  const all = { ...a };
  for (const [reason, n] of Object.entries(b)) all[reason] = (all[reason] ?? 0) + n;
  return all;
}

/** @param {Record<string, number>} counts by reason */
export function sum(counts) {
  return Object.values(counts).reduce((all, n) => all + n, 0);
}

/**
 * @param {string} reason
 * @param {number} n
 * @param {(key: string, values?: Record<string, string | number>) => string} say
 */
export function refusal(reason, n, say) {
  return say("fixes.refused", { n, why: say(`fixes.${reason}`) });
}

/**
 * What the driver is told of one batch; null when there is nothing to tell. Of fixes that are kept but not used only
 * where all are such: one bad fix between good ones harms nobody.
 * @param {Report} report
 * @param {(key: string, values?: Record<string, string | number>) => string} say
 */
export function verdictOn({ taken, doubted, refused }, say) {
  const told = Object.entries(refused).map(([reason, n]) => refusal(reason, n, say));
  const [doubt] = Object.keys(doubted);
  if (doubt && sum(doubted) >= taken) told.push(say("fixes.doubted", { why: say(`fixes.${doubt}`) }));
  return told.length ? told.join(" ") : null;
}
