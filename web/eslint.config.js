// What prettier cannot format and tsc cannot type: mistakes, and code that surprises.
import js from "@eslint/js";

const NO_MARKUP = "set text and attributes: a state must not become markup";
const MAKES_MARKUP = [
  "createContextualFragment",
  "innerHTML",
  "insertAdjacentHTML",
  "outerHTML",
  "parseFromString",
  "setHTMLUnsafe",
  "srcdoc",
  "write", // of a document; nothing in a page has another one
  "writeln",
];

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-restricted-properties": ["error", ...MAKES_MARKUP.map((property) => ({ property, message: NO_MARKUP }))],
      "no-shadow": "error",
      "no-undef": "off", // tsc knows better
      "no-unused-expressions": "error",
      "no-use-before-define": ["error", { functions: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["*.mjs"], rules: { "no-console": "off" } },
];
