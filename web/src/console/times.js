// Times as the console writes them: 24 hours, in one zone that is always named.

const LANGUAGE = "en-GB";

/** @param {string | null | undefined} zone an IANA name; without one, that of this browser */
export function timesIn(zone) {
  /** @param {Intl.DateTimeFormatOptions} options */
  const format = (options) =>
    new Intl.DateTimeFormat(LANGUAGE, { ...options, hourCycle: "h23", ...(zone ? { timeZone: zone } : {}) });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const dayOf = format({ weekday: "short", day: "numeric", month: "short" });
  const yearOf = format({ day: "numeric", month: "short", year: "numeric" });
  const name = format({ timeZoneName: "short" });

  /** "14:12" @param {string | Date} at */
  const time = (at) => clock.format(new Date(at));
  /** "Thu 26 Nov"; with the year in place of the weekday where that is another one. @param {string | Date} at */
  function day(at, now = new Date()) {
    const date = new Date(at);
    const isThisYear = Math.abs(date.getTime() - now.getTime()) < 180 * 86_400_000;
    return (isThisYear ? dayOf : yearOf).format(date).replace(",", "");
  }
  return {
    time,
    day,
    /** "Thu 26 Nov 14:12", and "14:12" where it is today. @param {string | Date} at */
    moment(at, now = new Date()) {
      return day(at) === day(now) ? time(at) : `${day(at)} ${time(at)}`;
    },
    /** "14:10–14:40" @param {{ earliest: string, latest: string }} range */
    range: ({ earliest, latest }) => `${time(earliest)}–${time(latest)}`,
    /** "Helsinki time (EET)" */
    zoneName(now = new Date()) {
      const short = name.formatToParts(now).find((part) => part.type === "timeZoneName")?.value ?? "";
      const place = (zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone).split("/").at(-1)?.replaceAll("_", " ");
      return `${place} time${short ? ` (${short})` : ""}`;
    },
    zone: zone ?? null,
  };
}

/** @typedef {ReturnType<typeof timesIn>} Times */

/** "2026-11-28" → "Sat 28 Nov" @param {string} day a day without a time */
export function dayInWords(day) {
  return timesIn("UTC").day(`${day}T12:00:00Z`);
}
