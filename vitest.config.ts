import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";
import { LongestFirst } from "./scripts/longest-first.ts";

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLineReporter()],
    // Where nobody watches, a test that fails is tried once more; the report names each that needed it.
    retry: process.env.CI ? 1 : 0,
    // Many files wait for a clock or a process half of their time: three at once keep two cores busy.
    maxWorkers: 3,
    // A process of its own for each file loads everything anew, which was a sixth of the whole run's work.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"],
          globalSetup: ["packages/testkit/src/global-setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/**/*.test.ts"],
          globalSetup: ["packages/testkit/src/global-setup.ts"],
        },
      },
    ],
  },
});
