// The probability that a promise breaks, as the API has it: the range is a split normal distribution, a tenth on each side.

const QUANTILE_90 = 1.2815515655446004;

/**
 * @param {{ point: number, from: number, to: number }} eta
 * @param {number} due
 */
export function probabilityAfter(eta, due) {
  const gap = due - eta.point;
  const deviation = Math.abs((gap >= 0 ? eta.to : eta.from) - eta.point) / QUANTILE_90;
  if (deviation === 0) return gap >= 0 ? 0 : 1;
  return 0.5 * erfc(gap / deviation / Math.SQRT2);
}

/** Abramowitz and Stegun 7.1.26; its error is below 1.5e-7. @param {number} x */
function erfc(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = series * Math.exp(-x * x);
  return x >= 0 ? tail : 2 - tail;
}
