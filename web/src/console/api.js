// The one way of the console's scripts to the API: with the session's cookie, and with the header that no page of another
// site may send. A problem comes as an exception whose words a person understands.

/** @typedef {{ pointer: string, code: string, detail: string }} FieldProblem */

/** What the API refuses, or that nobody answers (status 0). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string, errors?: FieldProblem[] }} said
   */
  constructor(status, said) {
    super(said.detail ?? "Something went wrong. Try again in a moment.");
    this.name = "Problem";
    this.status = status;
    this.code = said.code ?? "";
    /** All that was said, for what a code has beside its sentence. @type {Record<string, any>} */
    this.said = said;
    /** What is wrong with which field. @type {FieldProblem[]} */
    this.errors = said.errors ?? [];
  }

  /** Nobody answered: the change may have been made, and a repeat with the same key is harmless. */
  get isOffline() {
    return this.status === 0;
  }

  /** Somebody else has changed it since it was read. */
  get isOutdated() {
    return this.status === 412;
  }

  /** The sentence, with those of the fields. */
  get words() {
    const fields = this.errors.map((each) => each.detail).filter((detail) => detail !== this.message);
    return [this.message, ...fields].join(" ");
  }
}

const NO_ANSWER = {
  code: "offline",
  detail: "There is no connection to the server. What you see may be old, and nothing was changed.",
};
const TIMEOUT_MS = 30_000;
const TRIES = 4;
const LONGEST_WAIT_S = 8;
const RUNNING = "request_running";

/**
 * @typedef {object} Asked
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, string | number | boolean | null | undefined>} [query] without what is null or empty
 * @property {string} [etag] of what is changed: If-Match ("*": whatever it is now)
 * @property {string} [known] the ETag of what is here already: then an answer that has not changed has no data
 * @property {string} [key] the Idempotency-Key; keep it to repeat an action, or leave it out for a new one
 * @property {AbortSignal} [signal]
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {any} data null where there is none, or where it has not changed (304)
 * @property {string} etag empty where there is none
 * @property {Headers} headers
 */

/**
 * @param {string} base the prefix of all paths
 * @param {object} around
 * @param {() => Promise<void>} around.signIn resolves when somebody has signed in again; then the request is repeated
 * @param {(isOnline: boolean) => void} [around.onLine] hears after each request whether anybody answered
 * @param {typeof fetch} [around.fetcher]
 * @param {(waitS: number) => Promise<unknown>} [around.pause]
 */
export function createApi(base, { signIn, onLine = () => {}, fetcher = (...given) => fetch(...given), pause = wait }) {
  /**
   * @param {string} method
   * @param {string} path from /v1 on
   * @param {Asked} [asked]
   * @returns {Promise<Answer>}
   */
  async function ask(method, path, asked = {}) {
    const url = `${base}${path}${inQuery(asked.query)}`;
    const request = made(method, asked);
    for (let left = TRIES - 1; ; left -= 1) {
      const response = await answered(url, request, asked.signal);
      if (response.status === 401) {
        await signIn();
        continue;
      }
      if (response.ok || response.status === 304) return taken(response);
      const problem = new Problem(response.status, await saidBy(response));
      const waitS = Number(response.headers.get("Retry-After")) || 1;
      const comesAgain = [429, 502, 503, 504].includes(problem.status) || problem.code === RUNNING;
      if (!comesAgain || left <= 0 || waitS > LONGEST_WAIT_S) throw problem;
      await pause(waitS);
    }
  }

  /**
   * @param {string} url
   * @param {RequestInit} request
   * @param {AbortSignal | undefined} signal
   */
  async function answered(url, request, signal) {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetcher(url, { ...request, signal: signal ?? limit });
      onLine(true);
      return response;
    } catch (error) {
      if (signal?.aborted) throw error;
      onLine(false);
      throw new Problem(0, NO_ANSWER);
    }
  }

  /**
   * All entries of a list, page by page.
   * @param {string} path
   * @param {Asked["query"]} [query]
   * @param {number} [most] stop after so many
   */
  async function all(path, query = {}, most = 1_000) {
    /** @type {any[]} */
    const found = [];
    let cursor = null;
    do {
      const { data } = await ask("GET", path, { query: { limit: 100, ...query, cursor } });
      found.push(...data.data);
      cursor = data.next_cursor;
    } while (cursor && found.length < most);
    return found;
  }

  return {
    ask,
    all,
    /** @param {string} path @param {Asked["query"]} [query] @returns {Promise<any>} */
    get: async (path, query) => (await ask("GET", path, query ? { query } : {})).data,
    /** @param {string} path @param {unknown} [body] @param {Asked} [asked] @returns {Promise<any>} */
    post: async (path, body, asked = {}) => (await ask("POST", path, { ...asked, body: body ?? {} })).data,
    /** @param {string} path @param {unknown} body @param {string} etag @returns {Promise<any>} */
    patch: async (path, body, etag) => (await ask("PATCH", path, { body, etag })).data,
    /** @param {string} path @returns {Promise<any>} */
    remove: async (path) => (await ask("DELETE", path)).data,
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * A key for one action: keep it, so that a second press after a lost answer does nothing new.
 * @returns {string}
 */
export function newKey() {
  return crypto.randomUUID();
}

/**
 * @param {string} method
 * @param {Asked} asked
 * @returns {RequestInit}
 */
function made(method, { body, etag, known, key }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["Doorstep-Console"] = "1";
  if (method === "POST") headers["Idempotency-Key"] = key ?? newKey();
  if (etag) headers["If-Match"] = etag;
  if (known) headers["If-None-Match"] = known;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    cache: "no-store",
    credentials: "same-origin",
  };
}

/** @param {Response} response @returns {Promise<Answer>} */
async function taken(response) {
  const text = response.status === 304 ? "" : await response.text();
  return {
    status: response.status,
    data: text ? JSON.parse(text) : null,
    etag: response.headers.get("ETag") ?? "",
    headers: response.headers,
  };
}

/** @param {Response} response @returns {Promise<object>} */
async function saidBy(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/** @param {Asked["query"]} query */
function inQuery(query = {}) {
  const said = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return said.length ? `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}` : "";
}

/** @param {number} waitS */
function wait(waitS) {
  return new Promise((done) => {
    setTimeout(done, waitS * 1000);
  });
}
