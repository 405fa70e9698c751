// What was just done can be undone while the queue holds it back.
import { byId } from "../shared/elements.js";
import { h } from "./dom.js";
import { UNDO_MS } from "./queue.js";

/**
 * Offers it above the buttons, until it is sent or something else is said there.
 * @param {App} app
 * @param {string} text what was done
 * @param {string} actionId
 * @param {() => void} onUndo
 */
export function undoable({ say, data }, text, actionId, onUndo) {
  const toast = byId("toast");
  const untilMs = Date.now() + UNDO_MS;
  const left = () => Math.max(0, Math.ceil((untilMs - Date.now()) / 1_000));
  const words = () => say("undo", { n: left() });
  const undo = h("button", { type: "button", class: "alt" }, words());
  const every = setInterval(() => {
    undo.textContent = words();
    if (!left() || !toast.contains(undo)) end();
  }, 1_000);
  function end() {
    clearInterval(every);
    if (toast.contains(undo)) toast.hidden = true;
  }
  undo.addEventListener("click", async () => {
    const isInTime = left() > 0; // else the phone slept, and it is on its way
    end();
    if (!isInTime) return;
    await data.forget(actionId);
    onUndo();
  });
  toast.replaceChildren(h("span", {}, text), undo);
  toast.hidden = false;
}
