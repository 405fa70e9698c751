// What somebody types is kept in this browser's tab until it is sent, whatever happens to the page.

const PREFIX = "doorstep-draft:";

/** @param {HTMLTextAreaElement | HTMLInputElement} field @param {string} name of what it is about */
export function keepDraft(field, name) {
  const key = `${PREFIX}${name}`;
  field.value = sessionStorage.getItem(key) ?? field.value;
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
  return {
    forget() {
      sessionStorage.removeItem(key);
      field.value = "";
    },
  };
}
