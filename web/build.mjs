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

// gzipped kB. The first view's 20 kB also hold the HTML, which tests/unit/pages measures.
const BUDGETS = [
  { view: "first view without HTML", limitKb: 14, files: ["tracking.js", "tracking.css"] },
  { view: "map, lazily", limitKb: 60, files: ["map.js", "map.css"] },
];

const built = await build({
  absWorkingDir: HERE,
  entryPoints: ["src/tracking.js", "src/tracking.css", "src/map.css"],
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
  loader: { ".png": "empty" },
  logLevel: "warning",
});

const namesByPlainName = Object.fromEntries(
  built.outputFiles.map(({ path }) => [basename(path).replace(HASHED, ".$1"), basename(path)]),
);
const sizesByPlainName = Object.fromEntries(
  built.outputFiles.map(({ path, contents }) => [
    basename(path).replace(HASHED, ".$1"),
    gzipSync(contents, { level: 9 }).length,
  ]),
);

await mkdir(TARGET, { recursive: true });
const current = new Set(Object.values(namesByPlainName));
const outdated = (await readdir(TARGET)).filter((name) => HASHED.test(name) && !current.has(name));
await Promise.all(outdated.map((name) => rm(join(TARGET, name))));
await Promise.all(built.outputFiles.map(({ path, contents }) => writeFile(path, contents)));
// The manifest comes last: who reads it finds all that it names.
await writeFile(join(TARGET, "manifest.json"), `${JSON.stringify(namesByPlainName, null, 2)}\n`);

for (const [name, bytes] of Object.entries(sizesByPlainName)) {
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gz  ${name}`);
}
for (const { view, limitKb, files } of BUDGETS) {
  const kb = files.reduce((sum, name) => sum + sizesByPlainName[name], 0) / 1000;
  console.log(`${kb.toFixed(1).padStart(7)} kB gz  ${view} (budget ${limitKb})`);
  if (kb > limitKb) {
    console.error(`${view} is over its budget of ${limitKb} kB`);
    process.exitCode = 1;
  }
}
