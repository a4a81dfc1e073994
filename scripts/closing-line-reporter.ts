import { appendFileSync } from "node:fs";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/**
 * Prints `N passed, N failed, N skipped` as the last line of a run, after all other output. Above it, it prints the
 * failed tests with the first lines of their errors, and the tests that passed only on another try. Appends these lines
 * to the file that SAYSO_CLOSING_LINES names, if it is set.
 *
 * A test file that does not load and an error outside any test count as one failure each. So does a run that executed
 * no test, unless it was limited to tests that a change affects and there are none.
 */
export class ClosingLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #remarks: string[] = [];

  /** True if the run was limited to tests that a change affects (`--changed`). */
  #runsChanged = false;
  /** True if it was limited so, and the change affects no test. */
  #isUnaffected = false;

  onInit(vitest: Vitest): void {
    this.#runsChanged = Boolean(vitest.config.changed);
    process.once("exit", () => {
      const { passed, skipped } = this.#counts;
      const isEmpty = passed === 0 && !this.#isUnaffected;
      const failed = isEmpty ? Math.max(1, this.#counts.failed) : this.#counts.failed;
      if (isEmpty) process.exitCode = 1;
      const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
      const lines = [...this.#remarks, counts].map((line) => `${line}\n`).join("");
      const file = process.env.SAYSO_CLOSING_LINES;
      if (file) appendFileSync(file, lines);
      process.stdout.write(lines);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const fail = (where: string, errors: readonly unknown[]) => {
      counts.failed += 1;
      this.#remarks.push(`FAILED ${where}${errors.map(firstLinesOf).join("")}`);
    };
    for (const error of errors) fail("outside any test", [error]);
    for (const module of modules) {
      const file = module.relativeModuleId;
      for (const test of module.children.allTests()) {
        const { state, errors: why = [] } = test.result();
        if (state === "failed") fail(`${file} > ${test.fullName}`, why);
        else counts[state === "pending" ? "skipped" : state] += 1;
        if (test.diagnostic()?.flaky)
          this.#remarks.push(`FLAKY, passed when tried again: ${file} > ${test.fullName}`);
      }
      for (const suite of [module, ...module.children.allSuites()])
        for (const error of suite.errors()) fail(file, [error]);
    }
    this.#counts = counts;
    this.#isUnaffected = this.#runsChanged && modules.length === 0 && errors.length === 0;
  }
}

/** Returns the first three lines of an error's message and its place in this project, indented. */
function firstLinesOf(error: unknown): string {
  const { message = String(error), stack = "" } = (error ?? {}) as Partial<Error>;
  const place = stack.split("\n").find((line) => /^\s+at .*\.tsx?:\d/.test(line));
  const lines = [...message.split("\n").slice(0, 3), ...(place ? [place.trim()] : [])];
  return lines.map((line) => `\n  ${line.slice(0, 300)}`).join("");
}
