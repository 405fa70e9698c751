// The proofs that are pictures: a photo and a signature, at the door and again when the office could not read one.
import { button, h } from "./dom.js";
import { reduced } from "./photo.js";

/**
 * A field for a photo; the camera of the phone opens with it.
 * @param {string} id
 * @param {(photo: Blob) => unknown} onPhoto
 * @param {() => void} onUnreadable
 */
export function photoField(id, onPhoto, onUnreadable) {
  const input = h("input", {
    ...{ type: "file", id, accept: "image/*", capture: "environment", class: "for-ears" },
    onchange: async () => {
      const [file] = input.files ?? [];
      const blob = file && (await reduced(file).catch(() => null));
      if (blob) await onPhoto(blob);
      else if (file) onUnreadable();
    },
  });
  return input;
}

/**
 * What opens a field to sign in.
 * @param {App} app
 * @param {{ summary: HTMLElement, kind: string, more?: HTMLElement }} look
 * @param {(signature: Blob) => unknown} onSigned
 */
export function signatureField({ say }, { summary, kind, more }, onSigned) {
  const canvas = h("canvas", { class: "signature", role: "img", "aria-label": say("door.sign") });
  const buttons = h("div", { class: "pair" });
  const part = h("details", { class: kind }, summary, canvas, buttons, more);
  part.addEventListener("toggle", async () => {
    if (!part.open || buttons.childElementCount) return;
    const { signatureOn } = await import("./signing.js");
    const pad = signatureOn(canvas);
    const keep = button(say("door.sign_keep"), async () => {
      const signature = pad.isEmpty() ? null : await pad.picture();
      if (signature) await onSigned(signature);
    });
    buttons.replaceChildren(button(say("door.sign_clear"), pad.clear), keep);
    canvas.scrollIntoView({ block: "center" });
  });
  return part;
}
