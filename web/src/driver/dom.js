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
