// Reads barcodes from the camera's picture, by the phone's own detector where there is one. Loaded when it is needed.
import { BarcodeDetector as Ponyfill, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm";

/** @type {("qr_code" | "code_128" | "ean_13" | "data_matrix")[]} */
const FORMATS = ["qr_code", "code_128", "ean_13", "data_matrix"];
const EVERY_MS = 120;
const SAME_MS = 2_500;

/** @returns {Promise<{ detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> }>} */
async function detector() {
  const Native = /** @type {any} */ (window).BarcodeDetector;
  const known = Native ? await Native.getSupportedFormats() : [];
  if (FORMATS.every((format) => known.includes(format))) return new Native({ formats: FORMATS });
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (/** @type {unknown} */ (wasm)); // the build puts them in
  await prepareZXingModule({ overrides: { wasmBinary: bytes.buffer }, fireImmediately: true });
  return new Ponyfill({ formats: FORMATS });
}

/**
 * Shows the camera in the video and calls for each code; one that stays in sight counts once.
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} onCode
 * @returns {Promise<() => void>} what stops it. Rejects as getUserMedia does.
 */
export async function startScanning(video, onCode) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  let isOn = true;
  let last = { text: "", at: -Infinity };
  const stop = () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    video.srcObject = stream;
    await video.play();
    const reader = await detector();
    void look(reader);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;

  /** @param {Awaited<ReturnType<typeof detector>>} reader */
  async function look(reader) {
    while (isOn) {
      const found = await reader.detect(video).catch(() => []);
      for (const { rawValue } of found) {
        const isSame = rawValue === last.text && performance.now() - last.at < SAME_MS;
        last = { text: rawValue, at: performance.now() };
        if (!isSame && isOn) onCode(rawValue);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, EVERY_MS);
      });
    }
  }
}
