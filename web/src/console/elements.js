// Elements made by hand: text and attributes, never markup.

/**
 * @param {string} tag
 * @param {string | null} [text]
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] left out while null or false
 * @param {...(Node | string)} children
 */
export function element(tag, text = null, attributes = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/**
 * A state: colour, shape and word.
 * @param {"ok" | "risk" | "late" | "silent" | "failed" | "done" | "info"} kind
 * @param {string} word
 */
export function state(kind, word) {
  return element(
    "span",
    null,
    { class: `state st-${kind}` },
    element("span", null, { class: "shape", "aria-hidden": "true" }),
    word,
  );
}

/**
 * A time for people, and for machines.
 * @param {string} words
 * @param {string} at
 */
export function timeOf(words, at) {
  return element("time", words, { datetime: at });
}

/** "out_for_delivery" → "Out for delivery" @param {string} code */
export function inWords(code) {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Put the focus on what a selector finds, where there is such a thing. @param {ParentNode} inside @param {string} selector */
export function focusOn(inside, selector) {
  const found = inside.querySelector(selector);
  if (found instanceof HTMLElement || found instanceof SVGElement) found.focus();
}
