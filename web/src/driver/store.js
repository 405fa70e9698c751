// What the phone keeps: the queue, the route as read last, session and draft. It survives a reload and a restart.
import { openDB } from "idb";

const NAME = "doorstep-driver";

/** @typedef {import("idb").IDBPTransaction<unknown, any, "readwrite">} Change */

/** The phone has no room. The caller says so; nothing was written. */
export class StorageFull extends Error {}

export async function openStore() {
  const db = await openDB(NAME, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
      fresh.createObjectStore("values");
    },
  });

  /**
   * One transaction: all of it, or nothing. Where the phone is full, a single request may fail with another error than
   * the whole, so both are looked at.
   * @param {("entries" | "values")[]} names
   * @param {(change: Change) => Promise<void>} make
   */
  async function changed(names, make) {
    const change = db.transaction(names, "readwrite");
    const made = make(change).catch((error) => {
      abort(change);
      throw error;
    });
    const errors = (await Promise.allSettled([made, change.done])).flatMap((each) =>
      each.status === "rejected" ? [each.reason] : [],
    );
    if (errors.some((each) => each instanceof DOMException && each.name === "QuotaExceededError"))
      throw new StorageFull();
    if (errors.length) throw errors[0];
  }

  return {
    /** @returns {Promise<Entry[]>} */
    entries: () => db.getAll("entries"),
    /**
     * All of them, or none.
     * @param {Entry[]} entries
     */
    add: (entries) =>
      changed(["entries"], async (change) => {
        for (const each of entries) await change.objectStore("entries").add(each);
      }),
    /**
     * What another window has removed meanwhile stays removed.
     * @param {Entry[]} entries
     */
    put: (entries) =>
      changed(["entries"], async (change) => {
        const kept = change.objectStore("entries");
        for (const each of entries) if (await kept.getKey(each.seq ?? -1)) await kept.put(each);
      }),
    /** @param {Entry[]} entries */
    remove: (entries) => changed(["entries"], (change) => removeFrom(change, entries)),
    /**
     * Takes entries off the queue and writes down what became of them, both or neither: so each is counted once.
     * @param {Entry[]} entries
     * @param {string} name of the value
     * @param {(before: any) => unknown} count
     */
    removeCounted: (entries, name, count) =>
      changed(["entries", "values"], async (change) => {
        const values = change.objectStore("values");
        await values.put(count(await values.get(name)), name);
        await removeFrom(change, entries);
      }),
    /**
     * All that is kept, of one moment: never a route from before a change with entries from after it.
     * @returns {Promise<{ entries: Entry[], values: Record<string, any> }>}
     */
    async all() {
      const view = db.transaction(["entries", "values"]);
      const [entries, names, values] = await Promise.all([
        view.objectStore("entries").getAll(),
        view.objectStore("values").getAllKeys(),
        view.objectStore("values").getAll(),
      ]);
      return { entries, values: Object.fromEntries(names.map((name, i) => [String(name), values[i]])) };
    },
    /**
     * @param {Record<string, unknown>} values by name; undefined removes one
     * @param {Entry[]} [done] what they make superfluous
     */
    keep: (values, done = []) =>
      changed(["entries", "values"], async (change) => {
        const kept = change.objectStore("values");
        for (const [name, value] of Object.entries(values)) {
          if (value === undefined) await kept.delete(name);
          else await kept.put(value, name);
        }
        await removeFrom(change, done);
      }),
  };
}

/** @param {Change} change */
function abort(change) {
  try {
    change.abort();
  } catch {
    // the browser has ended it
  }
}

/**
 * @param {Change} change
 * @param {Entry[]} entries
 */
async function removeFrom(change, entries) {
  for (const { seq } of entries) if (seq !== undefined) await change.objectStore("entries").delete(seq);
}

/** @typedef {Awaited<ReturnType<typeof openStore>>} Store */
