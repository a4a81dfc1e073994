/** A part of two texts: in both of them, only in the earlier, or only in the later. */
export interface Part {
  kind: "same" | "removed" | "added";
  text: string;
}

/** The most comparisons that are made. Above them, everything between the common ends is shown as replaced. */
const STEPS_MAX = 250_000;

/**
 * Returns the difference of two lists, by a longest common subsequence (Wagner and Fischer 1974) between their common
 * ends. Joined, the parts that aren't `added` are the first list, and those that aren't `removed` the second.
 */
export function diffLists(
  before: readonly string[],
  after: readonly string[],
): { kind: Part["kind"]; items: string[] }[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  return joined([
    { kind: "same", items: before.slice(0, head) },
    ...(a.length * b.length > STEPS_MAX
      ? [
          { kind: "removed" as const, items: a },
          { kind: "added" as const, items: b },
        ]
      : between(a, b)),
    { kind: "same", items: before.slice(before.length - tail) },
  ]);
}

type Run = { kind: Part["kind"]; items: string[] };

function between(a: readonly string[], b: readonly string[]): Run[] {
  const width = b.length + 1;
  // common[i * width + j] is the length of the longest common subsequence of a from i on and b from j on.
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const runs: Run[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      runs.push({ kind: "same", items: [a[i++] ?? ""] });
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      runs.push({ kind: "removed", items: [a[i++] ?? ""] });
    else runs.push({ kind: "added", items: [b[j++] ?? ""] });
  }
  return runs;
}

/** Joins neighbours of one kind, and leaves out empty parts. */
function joined(runs: readonly Run[]): Run[] {
  const found: Run[] = [];
  for (const { kind, items } of runs) {
    if (items.length === 0) continue;
    const last = found.at(-1);
    if (last?.kind === kind) last.items.push(...items);
    else found.push({ kind, items: [...items] });
  }
  return found;
}

/** Returns the difference of two texts, word by word. */
export function diffWords(before: string, after: string): Part[] {
  const words = (text: string) => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  return diffLists(words(before), words(after)).map(({ kind, items }) => ({
    kind,
    text: items.join(""),
  }));
}

/** A line of two texts that are shown in one column. A changed line also has its changed words. */
export interface Line {
  kind: Part["kind"];
  words: Part[];
}

/**
 * Returns the difference of two texts, line by line. Where as many lines were removed as added, these lines are
 * compared word by word.
 */
export function diffLines(before: string, after: string): Line[] {
  const runs = diffLists(before.split("\n"), after.split("\n"));
  const lines: Line[] = [];
  for (const [index, { kind, items }] of runs.entries()) {
    const partner = runs[kind === "removed" ? index + 1 : index - 1];
    const isPaired =
      kind !== "same" &&
      partner?.kind === (kind === "removed" ? "added" : "removed") &&
      partner.items.length === items.length;
    for (const [at, text] of items.entries()) {
      const other = partner?.items[at] ?? "";
      const [old, fresh] = kind === "removed" ? [text, other] : [other, text];
      const words = isPaired
        ? diffWords(old, fresh).filter((part) => part.kind === "same" || part.kind === kind)
        : [{ kind: "same" as const, text }];
      lines.push({ kind, words });
    }
  }
  return lines;
}
