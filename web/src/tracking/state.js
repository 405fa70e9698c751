// The shapes of data that the server sends, as far as the scripts read them. The bindings read the rest.

/**
 * @typedef {object} Position
 * @property {number} lat_deg
 * @property {number} lon_deg
 * @property {string} recorded_at RFC 3339
 * @property {number | null} heading_deg
 * @property {number | null} accuracy_m the radius within which the van is
 */

/**
 * @typedef {object} Seen
 * @property {string} text
 * @property {number} age_s
 * @property {import("../shared/ages.js").AgeForms} forms
 */

/**
 * @typedef {object} Place
 * @property {number} lat_deg
 * @property {number} lon_deg
 */

/**
 * The answer of `/t/{token}/state`.
 * @typedef {object} State
 * @property {string} server_now RFC 3339
 * @property {number | null} poll_after_s null when there is no more to come
 * @property {Position | null} position
 * @property {Place | null} destination null where it is not told
 * @property {{ place: Place | null } | null} [outcome]
 * @property {number} messages how many there are in the thread
 * @property {Words} words
 */

/**
 * @typedef {object} Words
 * @property {string} announcement
 * @property {Seen | null} seen
 * @property {{ is_shown: boolean }} map
 * @property {{ pictures: unknown[] } | null} ending
 */

/**
 * The background of the map, chosen by the operator.
 * @typedef {object} Ground
 * @property {"tiles" | "streets" | "none"} kind
 * @property {string} url
 */

/**
 * The data inside the page.
 * @typedef {object} PageData
 * @property {State} state
 * @property {string} etag
 * @property {string} state_url
 * @property {string} map_css
 * @property {Ground} ground
 * @property {boolean} has_proofs whether the page's policy lets pictures through
 */

export {};
