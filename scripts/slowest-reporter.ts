import type { Reporter, TestModule } from "vitest/node";

const [FILES_MAX, TESTS_MAX] = [20, 15];
/** The least number of files for a report, because fewer are easy to read anyway. */
const FILES_MIN = 5;

/** Prints the slowest files and tests with their seconds, at the end of a run of several files. */
export class SlowestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length < FILES_MIN) return;
    const files = modules.map((module) => ({
      name: module.relativeModuleId,
      ms: durationOf(module),
    }));
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        name: `${module.relativeModuleId} > ${test.fullName}`,
        ms: test.diagnostic()?.duration ?? 0,
      })),
    );
    const total = files.reduce((sum, { ms }) => sum + ms, 0);
    console.log(
      [
        `The slowest of ${files.length} files, which took ${inSeconds(total)} s one after the other:`,
        ...slowest(files, FILES_MAX),
        "The slowest tests:",
        ...slowest(tests, TESTS_MAX),
        "",
      ].join("\n"),
    );
  }
}

/** Returns the time from the loading of a file to the end of its last hook. */
function durationOf(module: TestModule): number {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  return duration + collectDuration + setupDuration;
}

const slowest = (timed: readonly { name: string; ms: number }[], max: number): string[] =>
  timed
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, max)
    .map(({ name, ms }) => `${inSeconds(ms).padStart(7)} s  ${name}`);

const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);
