// Positions while on duty, and a screen that stays on. Off duty nothing is asked, kept or sent.

const LEAST_MS = 5_000;

/** @typedef {{ lat_deg: number, lon_deg: number, accuracy_m: number | null, speed_mps: number | null,
 *   heading_deg: number | null, recorded_at: string }} Fix */

/**
 * @param {{ onFix: (fix: Fix, isDue: boolean) => void, onTrouble: (key: string | null) => void }} wired
 */
export function createWatch({ onFix, onTrouble }) {
  /** @type {number | null} */
  let watching = null;
  let lastMs = -Infinity;
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
    const isDue = timestamp - lastMs >= LEAST_MS;
    if (isDue) lastMs = timestamp;
    onFix(
      {
        lat_deg: coords.latitude,
        lon_deg: coords.longitude,
        accuracy_m: coords.accuracy,
        speed_mps: coords.speed,
        heading_deg: Number.isNaN(coords.heading) ? null : coords.heading,
        recorded_at: new Date(timestamp).toISOString(),
      },
      isDue,
    );
  }

  return {
    start() {
      if (watching !== null) return;
      if (!("geolocation" in navigator)) {
        onTrouble("trouble.position");
        return;
      }
      watching = navigator.geolocation.watchPosition(
        heard,
        ({ code }) => onTrouble(code === 1 ? "trouble.position" : "trouble.position_none"),
        { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
      );
      void stayAwake();
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
