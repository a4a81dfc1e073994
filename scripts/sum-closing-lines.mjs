// `node scripts/sum-closing-lines.mjs <file> <runs>` prints the failed and flaky tests in the file, and the sum of its
// closing lines as one closing line. A run without a closing line counts as a failure. Uses only Node's own modules.
import { existsSync, readFileSync } from "node:fs";

const [file, runs] = process.argv.slice(2);
const text = existsSync(file) ? readFileSync(file, "utf8") : "";
const closing = /^(\d+) passed, (\d+) failed, (\d+) skipped\n?$/gm;
const lines = [...text.matchAll(closing)];
const sumOf = (place) => lines.reduce((sum, line) => sum + Number(line[place]), 0);
const missing = Math.max(0, Number(runs) - lines.length);
process.stdout.write(text.replaceAll(closing, ""));
console.log(`${sumOf(1)} passed, ${sumOf(2) + missing} failed, ${sumOf(3)} skipped`);
