import type { Reporter, TestModule } from "vitest/node";

/**
 * Prints `N passed, N failed, N skipped` as the last line of a run, after all other output. A test
 * file that does not load and an error outside any test count as one failure each. A run in which no
 * test was executed fails.
 */
export class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.once("exit", () => {
      const { passed, failed, skipped } = this.#counts;
      if (passed + failed === 0) process.exitCode = 1;
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === "pending" ? "skipped" : state] += 1;
      }
      const suites = [module, ...module.children.allSuites()];
      counts.failed += suites.reduce((sum, suite) => sum + suite.errors().length, 0);
    }
    this.#counts = counts;
  }
}
