// The earth is round and a map is flat: longitudes jump from 180° to -180°, and so would a van that drives over it.

/**
 * The longitude of the same meridian that is nearest to `nearDeg`, perhaps beyond ±180°: maps go on there.
 * @param {number} lonDeg
 * @param {number} nearDeg
 */
export function longitudeNear(lonDeg, nearDeg) {
  return lonDeg - 360 * Math.round((lonDeg - nearDeg) / 360);
}
