// The page's elements by id. A template that lost one is a mistake that every load would show.

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * The data that the server put into the page, beside its words.
 * @param {string} id
 * @returns {unknown}
 */
export function pageData(id) {
  return JSON.parse(byId(id).textContent);
}
