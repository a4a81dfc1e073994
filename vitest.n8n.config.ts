import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";

/** The node package in the real n8n: `npm run test:n8n`. Apart, because n8n takes 1.9 GB. */
export default defineConfig({
  test: {
    reporters: ["default", new ClosingLineReporter()],
    include: ["test/platforms/n8n/**/*.n8n.ts"],
    globalSetup: ["packages/testkit/src/global-setup.ts", "test/platforms/n8n/set-up.ts"],
    // One n8n at a time: it takes a core and most of a gigabyte.
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
