// Builds the pages' scripts and style sheets into chalicelib/pages/static: flat hashed names, so that a browser may keep
// each for ever, and manifest.json, which says what the plain names are called today. Prints gzipped sizes and fails
// when a page has outgrown its budget.
import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(HERE, "..", "chalicelib", "pages", "static");
const HASHED = /-[A-Z0-9]{8}\.(css|js)$/;

// A face of Doorstep is a folder of src and one more entry here. Each is built by itself, so that no page waits for a
// chunk that it shares with another face. Names of files are unique over all faces: templates ask for them.
// Budgets are gzipped kB, with every chunk that a file imports. The first view's 20 kB also hold the HTML, which a unit
// test measures.
const FACES = [
  {
    entries: ["src/tracking/tracking.js", "src/tracking/tracking.css", "src/tracking/map.css"],
    budgets: [
      { view: "tracking, first view without HTML", limitKb: 14, files: ["tracking.js", "tracking.css"] },
      { view: "tracking, map, lazily", limitKb: 60, files: ["map.js", "map.css"] },
      { view: "tracking, point of another address, lazily", limitKb: 60, files: ["place.js", "map.css"] },
    ],
  },
  {
    entries: [
      ...["src/driver/driver.js", "src/driver/driver.css", "src/driver/more.js", "src/driver/more.css"],
      ...["src/driver/sender.js", "src/driver/reading.js", "src/driver/scanner.js", "src/driver/signing.js"],
    ],
    budgets: [
      { view: "driver, first view without HTML", limitKb: 15, files: ["driver.js", "driver.css"] },
      {
        view: "driver, all other screens, right after it",
        limitKb: 22,
        files: ["more.js", "more.css", "sender.js", "reading.js"],
      },
      { view: "driver, scanner, lazily", limitKb: 700, files: ["scanner.js"] },
      { view: "driver, signature, lazily", limitKb: 10, files: ["signing.js"] },
    ],
    listedIn: "offline.json",
  },
  {
    entries: ["src/driver/worker.js"],
    budgets: [{ view: "driver, worker", limitKb: 3, files: ["worker.js"] }],
  },
  {
    // The console: one entry for each view, which imports shell.js; what they share becomes chunks.
    entries: [
      ...["src/console/console.css", "src/console/shipments.js", "src/console/shipment.js"],
      ...["src/console/dispatch.css", "src/console/live.js", "src/console/attention.js", "src/console/route.js"],
      ...["src/console/board.js", "src/console/board.css"],
    ],
    budgets: [
      { view: "console, shipments, without HTML", limitKb: 14, files: ["shipments.js", "console.css"] },
      { view: "console, live, without HTML", limitKb: 75, files: ["live.js", "console.css", "dispatch.css"] },
      { view: "console, attention, without HTML", limitKb: 20, files: ["attention.js", "console.css", "dispatch.css"] },
      { view: "console, one route, without HTML", limitKb: 75, files: ["route.js", "console.css", "dispatch.css"] },
      { view: "console, one shipment, without HTML", limitKb: 14, files: ["shipment.js", "console.css"] },
      { view: "console, planning board with its map", limitKb: 75, files: ["board.js", "board.css", "console.css"] },
    ],
  },
  {
    entries: ["src/labels/label.css"],
    budgets: [{ view: "label, without HTML", limitKb: 3, files: ["label.css"] }],
  },
  {
    entries: ["src/receipts/receipt.css"],
    budgets: [{ view: "receipt, without HTML", limitKb: 3, files: ["receipt.css"] }],
  },
  {
    entries: ["src/phones/phone.css"],
    budgets: [{ view: "add a phone, without HTML", limitKb: 3, files: ["phone.css"] }],
  },
  {
    entries: ["src/reference/reference.css"],
    budgets: [{ view: "reference, without HTML", limitKb: 5, files: ["reference.css"] }],
  },
];

const builds = await Promise.all(
  FACES.map(({ entries }) =>
    build({
      absWorkingDir: HERE,
      entryPoints: entries,
      outdir: TARGET,
      write: false,
      metafile: true,
      bundle: true,
      splitting: true,
      format: "esm",
      minify: true,
      legalComments: "eof",
      target: ["chrome100", "firefox100", "safari15"],
      entryNames: "[name]-[hash]",
      chunkNames: "[name]-[hash]",
      loader: { ".png": "empty", ".wasm": "binary" },
      logLevel: "warning",
    }),
  ),
);
const files = builds.flatMap(({ outputFiles }) => outputFiles);
const outputs = builds.flatMap(({ metafile }) => Object.entries(metafile.outputs));

/** @type {Map<string, number>} */
const bytesByName = new Map(
  files.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
);
/** @type {Map<string, string[]>} */
const importsByName = new Map(
  outputs.map(([path, { imports }]) => [
    basename(path),
    imports.filter(({ kind }) => kind === "import-statement").map((each) => basename(each.path)),
  ]),
);
// Chunks that several files share have no name of their own, and no template asks for them.
const named = [...bytesByName.keys()].filter((name) => !name.startsWith("chunk-"));
const namesByPlainName = new Map(named.map((name) => [plain(name), name]));
if (namesByPlainName.size < named.length) throw new Error(`two files have one name: ${named.join(", ")}`);

/** @param {string} name */
function plain(name) {
  return name.replace(HASHED, ".$1");
}

/**
 * The files that a browser fetches at once for these.
 * @param {string[]} names
 */
function withImports(names) {
  const all = new Set(names);
  for (const name of all) for (const imported of importsByName.get(name) ?? []) all.add(imported);
  return [...all];
}

/**
 * @param {string[]} plainNames
 * @returns {number} gzipped kB
 */
function weightKb(plainNames) {
  const names = plainNames.map((name) => namesByPlainName.get(name) ?? name);
  return withImports(names).reduce((sum, name) => sum + (bytesByName.get(name) ?? NaN), 0) / 1000;
}

await mkdir(TARGET, { recursive: true });
const outdated = (await readdir(TARGET)).filter((name) => HASHED.test(name) && !bytesByName.has(name));
await Promise.all(outdated.map((name) => rm(join(TARGET, name))));
await Promise.all(files.map(({ path, contents }) => writeFile(path, contents)));
// What a page needs without a network: its worker fetches these beforehand.
for (const [index, { listedIn }] of FACES.entries()) {
  const names = Object.keys(builds[index]?.metafile.outputs ?? {}).map((path) => basename(path));
  if (listedIn) await writeFile(join(TARGET, listedIn), `${JSON.stringify(names.sort())}\n`);
}
// The manifest comes last: who reads it finds all that it names.
const manifest = Object.fromEntries(namesByPlainName);
await writeFile(join(TARGET, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

for (const [name, bytes] of bytesByName) {
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gz  ${plain(name)}`);
}
for (const { view, limitKb, files: wanted } of FACES.flatMap(({ budgets }) => budgets)) {
  const kb = weightKb(wanted);
  console.log(`${kb.toFixed(1).padStart(7)} kB gz  ${view} (budget ${limitKb})`);
  // NaN, the weight of a file that was not built, is over every budget.
  if (!(kb <= limitKb)) {
    console.error(`${view} is over its budget of ${limitKb} kB`);
    process.exitCode = 1;
  }
}
