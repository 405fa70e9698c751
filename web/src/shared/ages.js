// How long ago, in the sentences that the server sent: rounded exactly as chalicelib/pages/times.py does.

const JUST_NOW_S = 5;
const STEP_S = 5;

/**
 * One sentence in three units, with {n} in them, and perhaps one for "now".
 * @typedef {{ s: string, min: string, h: string, now?: string }} AgeForms
 */

/**
 * The sentence for an age in seconds.
 * @param {AgeForms} forms
 * @param {number} ageS
 */
export function ageInWords(forms, ageS) {
  if (ageS <= JUST_NOW_S && forms.now) return forms.now;
  if (ageS < 60) return fill(forms.s, Math.max(STEP_S, Math.floor(ageS / STEP_S) * STEP_S));
  if (ageS < 3600) return fill(forms.min, Math.floor(ageS / 60));
  return fill(forms.h, Math.floor(ageS / 3600));
}

/**
 * @param {string} form
 * @param {number} n
 */
function fill(form, n) {
  return form.replace("{n}", String(n));
}
