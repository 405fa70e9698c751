// Positions while on duty, and a screen that stays on. Off duty nothing is asked, kept or sent.

const LEAST_MS = 5_000;
const QUIET_MS = 10_000;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 1_000, timeout: 30_000 };
const CLOCKS_DIFFER_MS = 60_000;

/** @typedef {{ lat_deg: number, lon_deg: number, accuracy_m: number | null, speed_mps: number | null,
 *   heading_deg: number | null, recorded_at: string }} Fix */

/**
 * `onFix` says whether it keeps the fix.
 * @param {{ onFix: (fix: Fix, isDue: boolean) => boolean, onTrouble: (key: string | null) => void }} wired
 */
export function createWatch({ onFix, onTrouble }) {
  /** @type {number | null} */
  let watching = null;
  let lastMs = -Infinity;
  let heardMs = -Infinity;
  let lastStamp = -Infinity;
  /** @type {WakeLockSentinel | null} */
  let awake = null;

  async function stayAwake() {
    if (watching === null || awake || document.visibilityState !== "visible") return;
    try {
      awake = await navigator.wakeLock.request("screen");
      awake.addEventListener("release", () => {
        awake = null;
      });
    } catch {
      awake = null; // low battery, or a phone without: the app works, the screen goes dark
    }
  }

  /** @param {GeolocationPosition} position */
  function heard({ coords, timestamp }) {
    onTrouble(null);
    const nowMs = Date.now();
    heardMs = nowMs;
    const isDue = timestamp !== lastStamp && Math.abs(nowMs - lastMs) >= LEAST_MS; // a clock that was set back must not stop it
    // Some phones give the time of the satellites or none. All that we send is of one clock, which the office corrects.
    const atMs = Math.abs(nowMs - timestamp) > CLOCKS_DIFFER_MS ? nowMs : timestamp;
    const isKept = onFix(
      {
        lat_deg: coords.latitude,
        lon_deg: coords.longitude,
        accuracy_m: coords.accuracy,
        speed_mps: coords.speed,
        heading_deg: Number.isNaN(coords.heading) ? null : coords.heading,
        recorded_at: new Date(atMs).toISOString(),
      },
      isDue,
    );
    if (!isKept) return;
    lastMs = nowMs;
    lastStamp = timestamp;
  }

  /** @param {GeolocationPositionError} error */
  function failed({ code }) {
    onTrouble(code === 1 ? "trouble.position" : "trouble.position_none");
  }

  return {
    start() {
      if (watching !== null) return;
      if (!("geolocation" in navigator)) {
        onTrouble("trouble.position");
        return;
      }
      watching = navigator.geolocation.watchPosition(heard, failed, OPTIONS);
      void stayAwake();
    },
    /** A phone that lies still may say nothing more by itself; customers should see that the driver is there. */
    ask() {
      if (watching !== null && Date.now() - heardMs > QUIET_MS) {
        navigator.geolocation.getCurrentPosition(heard, failed, OPTIONS);
      }
    },
    stop() {
      if (watching !== null) navigator.geolocation.clearWatch(watching);
      watching = null;
      lastMs = -Infinity;
      void awake?.release();
      onTrouble(null);
    },
    stayAwake,
  };
}
