// Brings a page up to date with a state, by the bindings that the templates wrote. The counterpart of
// chalicelib/pages/bindings.py, under the same rules. Only text and attributes are set, never markup, and only those
// that no browser runs: nothing in a state can become code.

/** @typedef {null | undefined | boolean | number | string | readonly unknown[] | object} Value a value of a state: plain JSON */

const PLACEHOLDER = /\{([^{}]+)\}/g;
const TEXT_ELEMENTS =
  /^(a|abbr|b|bdi|blockquote|caption|cite|dd|del|dt|em|figcaption|h[1-6]|i|ins|label|legend|li|p|q|small|span|strong|summary|td|th|time|title)$/;
const ATTRIBUTES = /^(alt|datetime|href|lang|src|title|aria-[a-z]+|data-(?!(?:attrs|each|show|text)$)[a-z][a-z0-9-]*)$/;
const ADDRESSES = /^(href|src)$/;
const OWN_ADDRESS = /^\/[A-Za-z0-9]/;

/**
 * Whether a state may set the text of such an element.
 * @param {string} tag
 */
export function maySetText(tag) {
  return TEXT_ELEMENTS.test(tag);
}

/**
 * Whether a state may fill this attribute. An address begins with a fixed path on our own host.
 * @param {string} name
 * @param {string} format
 */
export function maySetAttribute(name, format) {
  return ATTRIBUTES.test(name) && (!ADDRESSES.test(name) || OWN_ADDRESS.test(format));
}

/**
 * Write the values of `state` into `element` and everything below it. What is right already is left alone: screen
 * readers and selections stay where they are. Throws for an element or attribute that a state must not set.
 * @param {Element} element
 * @param {Value} state
 */
export function bind(element, state) {
  const { text, show, attrs } = /** @type {HTMLElement} */ (element).dataset;
  if (attrs !== undefined) setAttributes(element, attrs, state);
  if (show !== undefined) element.toggleAttribute("hidden", !saysSomething(valueAt(state, show)));
  if (text !== undefined) {
    setText(element, valueAt(state, text));
    return;
  }
  const first = element.firstElementChild;
  if (first instanceof HTMLTemplateElement && first.dataset.each !== undefined) {
    setItems(element, first, valueAt(state, first.dataset.each));
    return;
  }
  for (const child of element.children) bind(child, state);
}

/**
 * The value at a path; a path through null is null, and one that the state does not have, too: the server may be newer
 * than this page.
 * @param {Value} state
 * @param {string} path
 * @returns {Value}
 */
function valueAt(state, path) {
  if (path === ".") return state;
  /** @type {any} */
  let value = state;
  for (const key of path.split(".")) value = value?.[key];
  return value ?? null;
}

/** @param {Value} value */
function saysSomething(value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/**
 * @param {Element} element
 * @param {Value} value
 */
function setText(element, value) {
  if (!maySetText(element.localName)) throw new Error(`a state must not set the text of ${element.localName}`);
  const isNull = value === null || value === undefined;
  const wanted = isNull ? "" : String(value);
  if (element.textContent !== wanted) element.textContent = wanted;
  element.toggleAttribute("hidden", isNull);
}

/**
 * @param {Element} element
 * @param {string} formats `name=format` with blanks between
 * @param {Value} state
 */
function setAttributes(element, formats, state) {
  for (const pair of formats.split(" ")) {
    const end = pair.indexOf("=");
    const name = pair.slice(0, end);
    const format = pair.slice(end + 1);
    if (!maySetAttribute(name, format)) throw new Error(`a state must not set ${pair}`);
    const wanted = filled(format, state);
    if (wanted === null) {
      element.removeAttribute(name);
    } else if (element.getAttribute(name) !== wanted) {
      element.setAttribute(name, wanted);
    }
  }
}

/**
 * @param {string} format
 * @param {Value} state
 * @returns {string | null} null while one of the values is null or false
 */
function filled(format, state) {
  let isWhole = true;
  const text = format.replace(PLACEHOLDER, (_, path) => {
    const value = valueAt(state, path);
    isWhole &&= value !== null && value !== undefined && value !== false;
    return String(value);
  });
  return isWhole ? text : null;
}

/**
 * One element for each value, in order: those that are there are written anew, more are made from the template.
 * @param {Element} list
 * @param {HTMLTemplateElement} template
 * @param {Value} values
 */
function setItems(list, template, values) {
  const items = Array.isArray(values) ? values : [];
  while (list.children.length > items.length + 1) list.lastElementChild?.remove();
  items.forEach((value, index) => {
    const item = list.children[index + 1] ?? list.appendChild(copyOf(template));
    bind(item, value);
  });
}

/**
 * @param {HTMLTemplateElement} template
 * @returns {Element}
 */
function copyOf(template) {
  const item = template.content.firstElementChild;
  if (!item) throw new Error(`no item in the template of ${template.dataset.each}`);
  return /** @type {Element} */ (item.cloneNode(true));
}
