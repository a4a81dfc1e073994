import { createHash } from "node:crypto";

const NEWLINE = 0x0a;

/** Counts and hashes rows as they pass. */
export class Meter {
  /** The number of rows. In COPY's text format each line end ends a row, because others are written as `\n`. */
  rows = 0;
  readonly #hash = createHash("sha256");

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.rows++;
  }

  /** Returns the hash of everything that passed, in hex. Call it once, at the end. */
  sha256(): string {
    return this.#hash.digest("hex");
  }
}
