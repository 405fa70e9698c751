// The screens that nobody sees first. They are loaded right after the first one, and are there when it is left.
import { stops } from "./day.js";
import { door, fail } from "./door.js";
import { end } from "./end.js";
import { load, unload } from "./loading.js";
import { next } from "./next.js";
import { talk } from "./talk.js";
import { unsent } from "./unsent.js";

/** @type {Record<string, import("./screens.js").Draw>} */
export const more = { next, stops, load, door, fail, unload, end, unsent, talk };
