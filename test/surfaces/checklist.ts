/**
 * A list of checks. It prints a line for each check, and at the end how many passed; the process fails if one failed.
 */
export interface Checklist {
  /** @param differences in words; empty if the answer is as documented */
  check: (what: string, differences: readonly string[]) => void;
  same: (what: string, actual: unknown, documented: unknown) => void;
  finish: () => void;
}

export function createChecklist(): Checklist {
  let [passed, failed] = [0, 0];
  const check: Checklist["check"] = (what, differences) => {
    const isOk = differences.length === 0;
    if (isOk) passed++;
    else failed++;
    const lines = differences.map((difference) => `\n         ${difference}`);
    console.log(`${isOk ? "ok    " : "FAILED"} ${what}${lines.join("")}`);
  };
  return {
    check,
    same(what, actual, documented) {
      const [is, shall] = [JSON.stringify(actual), JSON.stringify(documented)];
      check(what, is === shall ? [] : [`it is ${is}, documented is ${shall}`]);
    },
    finish() {
      console.log(`${passed} passed, ${failed} failed`);
      process.exitCode = failed === 0 ? 0 : 1;
    },
  };
}

/** Reads the JSON objects of a document in their order, each from a line `{` to the line `}` that closes it. */
export function readExamples(text: string): unknown[] {
  const lines = text.split(/\r?\n/);
  const found: unknown[] = [];
  for (let start = lines.indexOf("{"); start !== -1; start = lines.indexOf("{", start)) {
    let end = start;
    let example: unknown;
    while (example === undefined && end < lines.length)
      example = parse(lines.slice(start, ++end).join("\n"));
    if (example === undefined) throw new Error(`No JSON from line ${start + 1} on`);
    found.push(example);
    start = end;
  }
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
