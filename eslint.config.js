import { readFileSync } from "node:fs";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { importRules, testFolders, testImports } from "./scripts/import-rules.ts";

export default defineConfig(
  { ignores: ["**/dist/**", "**/data/**", "**/coverage/**", "**/*.generated.*"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.{js,mjs}"],
    rules: { "no-unused-vars": "error", eqeqeq: "error" },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createTypeScriptImportResolver(), createNodeResolver()],
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      // A test writes `must(value)` of packages/must.
      "@typescript-eslint/no-non-null-assertion": "error",
      // Our objects are closures and use no `this`.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "import-x/no-cycle": "error",
      "import-x/no-relative-packages": "error",
    },
  },
  {
    // The root doesn't depend on the test kit, whose entry loads more than these files need.
    files: ["vitest*.config.ts"],
    rules: { "import-x/no-relative-packages": "off" },
  },
  {
    files: ["packages/*/src/**/*.ts", "apps/*/src/**/*.{ts,tsx}"],
    ignores: ["**/*.test.ts"],
    rules: {
      "max-lines": ["error", { max: 320, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  Object.entries(importRules).flatMap(([folder, rule]) => [
    { files: [`${folder}/src/**/*.{ts,tsx}`], rules: onlyImports(allowed(folder, rule)) },
    {
      files: [`${folder}/src/**/*.test.ts`],
      rules: onlyImports([
        ...allowed(folder, rule),
        ...allowed(folder, { ...testImports, node: true }),
        ...declared(folder),
      ]),
    },
  ]),
  {
    files: testFolders.map((folder) => `${folder}/**/*.ts`),
    rules: onlyImports(["(?!express(?:/|$)).+"]),
  },
);

/** Returns the specifiers that a folder may import, as regular expressions. */
function allowed(folder, { workspace, npm, node }) {
  const npmNames = npm === "declared" ? declared(folder) : npm;
  return [
    ...workspace.map((name) => `@sayso/${name}`),
    ...npmNames.map((name) => `${name}(?:/.+)?`),
    ...(node ? ["node:.+"] : []),
  ];
}

function declared(folder) {
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(new URL(`${folder}/package.json`, import.meta.url), "utf8"),
    );
    const all = Object.keys({ ...dependencies, ...devDependencies });
    return all.filter((name) => !name.startsWith("@sayso/"));
  } catch {
    return [];
  }
}

/** Makes every specifier an error except relative paths and these, in `import`, `export … from` and `import()`. */
function onlyImports(specifiers) {
  const deep = "@sayso/[^/]+/.+";
  const regex = `^(?:${deep}$|(?!\\.\\.?/|(?:${specifiers.join("|")})$).+)`;
  const message = "Not among what this folder may import: see scripts/import-rules.ts.";
  const literal = regex.replaceAll("/", "\\/");
  return {
    "@typescript-eslint/no-restricted-imports": ["error", { patterns: [{ regex, message }] }],
    "no-restricted-syntax": [
      "error",
      { selector: `ImportExpression > Literal[value=/${literal}/]`, message },
      {
        selector: "ImportDeclaration[source.value=zod][importKind=value] > ImportSpecifier",
        message:
          'Write `import * as z from "zod"`: a bundle then holds what is used of zod, and a program starts faster.',
      },
    ],
  };
}
