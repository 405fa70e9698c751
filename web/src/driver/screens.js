// All screens by name.
import { day, end, signIn, stops } from "./day.js";
import { door, fail } from "./door.js";
import { load, unload } from "./loading.js";
import { next } from "./next.js";
import { unsent } from "./unsent.js";

/** @typedef {(app: App) => Drawn} Draw */

export const screens = /** @type {{ day: Draw, [name: string]: Draw | undefined }} */ ({
  sign_in: signIn,
  ...{ day, load, next, door, fail, stops, unload, end, unsent },
});
