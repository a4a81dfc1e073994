import { configDefaults, defineConfig } from "vitest/config";
import { HANG_MS, TEST_HANG_MS } from "./packages/testkit/src/hang.ts";
import { findChangedFiles } from "./scripts/changed-files.ts";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";
import { LongestFirst } from "./scripts/longest-first.ts";
import { SlowestReporter } from "./scripts/slowest-reporter.ts";

/**
 * The files that load Zapier's core, which replaces fetch in its whole process. Each of them has a process of its own.
 */
const zapier = ["test/platforms/zapier/**/*.test.ts", "test/attacks/success-is-confirmed.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", new SlowestReporter(), new ClosingLineReporter()],
    experimental: { vcsProvider: { findChangedFiles } },
    // The files that every run depends on: a change of one affects all tests.
    forceRerunTriggers: [
      "**/{package,tsconfig}.json",
      "**/pnpm-*.yaml",
      "**/vitest.config.ts",
      "**/testkit/src/{global-setup,preload}.ts",
    ],
    // In CI a failed test is tried once more. The report names each test that needed it.
    retry: process.env.CI ? 1 : 0,
    // Many files wait for a clock or a process half of their time, so five at once keep two cores busy.
    maxWorkers: 5,
    // Files share processes. A process for each file would load everything anew, which was a sixth of the whole run's
    // work.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Limits end a hang, and nothing else (packages/testkit/src/hang.ts).
    expect: { poll: { timeout: HANG_MS } },
    testTimeout: TEST_HANG_MS,
    hookTimeout: TEST_HANG_MS,
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
          exclude: [...configDefaults.exclude, ...zapier],
          globalSetup: ["packages/testkit/src/global-setup.ts", "test/unpack-browser.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "zapier",
          include: zapier,
          isolate: true,
          globalSetup: ["packages/testkit/src/global-setup.ts"],
        },
      },
    ],
  },
});
