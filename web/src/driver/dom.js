// Elements made by hand, and words filled in. Text is always text: nothing becomes markup.

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [properties] on… are listeners, the rest attributes; null and false are left out
 * @param {...(Node | string | null | false | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/**
 * @param {Words} words
 * @param {string} tag of the language, for its plural forms
 */
export function createSay(words, tag) {
  const plurals = new Intl.PluralRules(tag);
  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values] a sentence that counts takes the form for n
   */
  return function say(key, values = {}) {
    const said = words[key] ?? key;
    const form = typeof said === "string" ? said : (said[plurals.select(Number(values.n))] ?? said.other ?? key);
    return form.replace(/\{(\w+)\}/g, (whole, name) => isolated(values[name] ?? whole));
  };
}

/**
 * A value in a sentence from right to left: a name from left to right does not move what stands around it, and times
 * run as the sentence does.
 * @param {string | number} value
 */
function isolated(value) {
  if (typeof value === "number" || document.documentElement.dir !== "rtl") return String(value);
  if (/(?!\p{Script=Arabic})\p{L}/u.test(value)) return `\u2068${value}\u2069`;
  return /\p{L}/u.test(value) ? value : `\u2067${value}\u2069`;
}

/**
 * A large button for the dock or for a card.
 * @param {string} text
 * @param {() => unknown} onTap
 * @param {string} [kind] go: the one that follows; alt; alt bad
 */
export function button(text, onTap, kind = "alt") {
  return h("button", { type: "button", class: kind, onclick: onTap }, text);
}

/**
 * @param {HTMLElement} parent
 * @param {Node[]} children
 */
export function putAnew(parent, children) {
  parent.replaceChildren(...children);
}

/**
 * Draws again without disturbing: what looks the same is left alone, what is open stays open, the focus stays.
 * @param {HTMLElement} parent
 * @param {Node[]} children
 */
export function putQuietly(parent, children) {
  const fresh = h("div", {}, ...children);
  const opened = [...parent.querySelectorAll("details")].map(({ open }) => open);
  for (const [i, each] of [...fresh.querySelectorAll("details")].entries()) each.open = opened[i] ?? false;
  const isSame =
    parent.childNodes.length === children.length &&
    children.every((c, i) => c.isEqualNode(parent.childNodes[i] ?? null));
  if (isSame) return;
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  parent.replaceChildren(...children);
  const again =
    focused && [...parent.querySelectorAll(focused.tagName)].find((each) => each.textContent === focused.textContent);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}
