// The one way to the office. It never throws: no answer is status 0.

/** @type {Answer} */
export const NO_ANSWER = { status: 0, body: null, afterMs: 0, saysWhen: false, skewMs: null };

/**
 * @typedef {{ status: number, body: any, afterMs: number, saysWhen: boolean, skewMs: number | null }} Answer
 * @param {string} base
 */
export function createApi(base) {
  /**
   * @param {string} path
   * @param {{ token?: string, body?: unknown, key?: string }} [options]
   * @returns {Promise<Answer>}
   */
  async function ask(path, { token, body, key } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    try {
      const response = await fetch(`${base}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      const date = Date.parse(response.headers.get("date") ?? "");
      const after = response.headers.get("retry-after");
      return {
        status: response.status,
        body: text ? parsed(text) : null,
        afterMs: Number(after ?? 0) * 1_000 || 0,
        saysWhen: after !== null,
        skewMs: Number.isNaN(date) ? null : Date.now() - date,
      };
    } catch {
      return NO_ANSWER;
    }
  }

  /**
   * @param {string} url
   * @param {Record<string, string>} fields
   * @param {Blob} blob
   * @returns {Promise<number>} the status; 0: no answer
   */
  async function upload(url, fields, blob) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", blob, "proof");
    try {
      return (await fetch(url, { method: "POST", body: form, signal: AbortSignal.timeout(60_000) })).status;
    } catch {
      return 0;
    }
  }

  return { ask, upload };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @typedef {ReturnType<typeof createApi>} Api */
