// All screens by name. Those that are seen first are here, so that the app opens fast.
import { day, signIn } from "./day.js";

/** @typedef {(app: App) => Drawn} Draw */

export const screens = /** @type {{ day: Draw, [name: string]: Draw | undefined }} */ ({
  sign_in: signIn,
  day,
});

/**
 * Adds the others with their style, once. Rejects where they cannot be loaded.
 * @param {string} style address of more.css
 */
export async function loadMore(style) {
  const [{ more }] = await Promise.all([import("./more.js"), styled(style)]);
  Object.assign(screens, more);
}

/**
 * @param {string} href
 * @returns {Promise<void>}
 */
function styled(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href });
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error("no style"));
    });
    document.head.append(link);
  });
}
