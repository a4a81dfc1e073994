import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/**
 * Prints `N passed, N failed, N skipped` as the last line of a run, after all other output, and above it the tests that
 * passed only when tried again; appends that line to the file that SAYSO_CLOSING_LINES names, if it does. A test file that
 * does not load and an error outside any test count as one failure each; so does a run in which no test was executed.
 */
export class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #flaky: string[] = [];

  onInit(): void {
    process.once("exit", () => {
      const { passed, skipped } = this.#counts;
      const failed = passed === 0 ? Math.max(1, this.#counts.failed) : this.#counts.failed;
      if (passed === 0) process.exitCode = 1;
      for (const name of this.#flaky)
        process.stdout.write(`FLAKY, passed when tried again: ${name}\n`);
      const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
      const lines = process.env.SAYSO_CLOSING_LINES;
      if (lines) appendFileSync(lines, line);
      process.stdout.write(line);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === "pending" ? "skipped" : state] += 1;
        if (test.diagnostic()?.flaky)
          this.#flaky.push(`${module.relativeModuleId} > ${test.fullName}`);
      }
      const suites = [module, ...module.children.allSuites()];
      counts.failed += suites.reduce((sum, suite) => sum + suite.errors().length, 0);
    }
    this.#counts = counts;
  }
}
