// How long ago something was, in words.

/**
 * @param {App} app
 * @param {string} at
 * @param {boolean} [isOfPhone] whether the phone's clock wrote it, not the office's
 */
export function ageOf({ page, now }, at, isOfPhone = false) {
  const s = Math.max(0, ((isOfPhone ? Date.now() : now()) - Date.parse(at)) / 1_000);
  const words = new Intl.RelativeTimeFormat(page.tag, { numeric: "auto", style: "short" });
  if (s < 60) return words.format(0, "second");
  return s < 3_600 ? words.format(-Math.floor(s / 60), "minute") : words.format(-Math.floor(s / 3_600), "hour");
}
