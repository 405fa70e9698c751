// What the phone keeps: the queue, the route as read last, session and draft. It survives a reload and a restart.
import { openDB } from "idb";

const NAME = "doorstep-driver";

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
   * @template T
   * @param {() => Promise<T>} write
   * @returns {Promise<T>}
   */
  async function written(write) {
    try {
      return await write();
    } catch (error) {
      if (error instanceof DOMException && error.name === "QuotaExceededError") throw new StorageFull();
      throw error;
    }
  }

  return {
    /** @returns {Promise<Entry[]>} */
    entries: () => db.getAll("entries"),
    /**
     * All of them, or none.
     * @param {Entry[]} entries
     */
    add: (entries) =>
      written(async () => {
        const change = db.transaction("entries", "readwrite");
        for (const each of entries) void change.store.add(each);
        await change.done;
      }),
    /** @param {Entry[]} entries */
    put: (entries) =>
      written(async () => {
        const change = db.transaction("entries", "readwrite");
        // What another window has removed meanwhile stays removed.
        for (const each of entries) if (await change.store.getKey(each.seq ?? -1)) void change.store.put(each);
        await change.done;
      }),
    /** @param {Entry[]} entries */
    remove: async (entries) => {
      const change = db.transaction("entries", "readwrite");
      for (const { seq } of entries) if (seq !== undefined) void change.store.delete(seq);
      await change.done;
    },
    /**
     * @param {string} name
     * @returns {Promise<any>}
     */
    value: (name) => db.get("values", name),
    /**
     * @param {string} name
     * @param {unknown} value undefined removes it
     */
    keep: (name, value) =>
      written(async () => {
        if (value === undefined) await db.delete("values", name);
        else await db.put("values", value, name);
      }),
  };
}

/** @typedef {Awaited<ReturnType<typeof openStore>>} Store */
