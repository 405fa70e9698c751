// The signature field. Loaded when it is needed.
import SignaturePad from "signature_pad";

/** @param {HTMLCanvasElement} canvas */
export function signatureOn(canvas) {
  const scale = Math.max(1, window.devicePixelRatio);
  canvas.width = canvas.offsetWidth * scale;
  canvas.height = canvas.offsetHeight * scale;
  canvas.getContext("2d")?.scale(scale, scale);
  const pad = new SignaturePad(canvas, { penColor: "#14201d", backgroundColor: "#fff", minWidth: 1, maxWidth: 3 });
  return {
    isEmpty: () => pad.isEmpty(),
    clear: () => pad.clear(),
    /** @returns {Promise<Blob | null>} */
    picture: () =>
      new Promise((resolve) => {
        canvas.toBlob(resolve, "image/png");
      }),
  };
}
