import { createHash } from "node:crypto";

const NEWLINE = 0x0a;

/** Counts and hashes rows as they pass. */
export class Meter {
  /** In COPY's text format a line end is the end of a row: others are written as `\n`. */
  rows = 0;
  readonly #hash = createHash("sha256");

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.rows++;
  }

  /** Of all that passed, in hex. Once, at the end. */
  sha256(): string {
    return this.#hash.digest("hex");
  }
}
