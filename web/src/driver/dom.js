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

/** @param {Record<string, string>} words */
export function createSay(words) {
  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  return function say(key, values = {}) {
    return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  };
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
