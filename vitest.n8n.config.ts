import { defineConfig } from "vitest/config";
import { HANG_MS, TEST_HANG_MS } from "./packages/testkit/src/hang.ts";
import { ClosingLineReporter } from "./scripts/closing-line-reporter.ts";

const files = (...names: string[]) => names.map((name) => `test/platforms/n8n/${name}.n8n.ts`);
/** Files that take two minutes each. One of them keeps n8n busy, and the others only wait. */
const long = files("cycles", "poll-trigger", "time-out");
/** One file stops the n8n that the tests share; the other starts an n8n of its own. */
const alone = files("restarts", "first-run");

/** Tests the node package in the real n8n: `npm run test:n8n`. They are separate because n8n takes 1.9 GB. */
export default defineConfig({
  test: {
    reporters: ["default", new ClosingLineReporter()],
    globalSetup: ["packages/testkit/src/global-setup.ts", "test/platforms/n8n/set-up.ts"],
    expect: { poll: { timeout: HANG_MS } },
    retry: process.env.CI ? 1 : 0,
    maxWorkers: 2,
    projects: [
      group(0, { include: files("*"), exclude: [...long, ...alone] }),
      group(1, { include: long, maxWorkers: long.length }),
      group(2, { include: alone }),
    ],
  },
});

function group(
  groupOrder: number,
  test: { include: string[]; exclude?: string[]; maxWorkers?: number },
) {
  const [testTimeout, hookTimeout] = [TEST_HANG_MS, TEST_HANG_MS];
  const name = `n8n ${groupOrder + 1}`;
  return { test: { name, ...test, testTimeout, hookTimeout, sequence: { groupOrder } } };
}
