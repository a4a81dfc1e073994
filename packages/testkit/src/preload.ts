// Loaded into every server that the tests start, before its own code (`node --import`). It does two things for which
// the server has no option: it ends the server when the test run dies, and it gives the server a wall clock that tests
// can shift.
import { readFileSync, writeFileSync } from "node:fs";

const CLOCK_FILE = process.env.SAYSO_TEST_CLOCK_FILE;

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 500).unref();

if (CLOCK_FILE !== undefined) {
  const file = CLOCK_FILE;
  const RealDate = Date;
  let offsetMs = 0;

  class ShiftedDate extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      if (given.length === 0) super(ShiftedDate.now());
      else super(...given);
    }
    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  }
  // `Date()` without `new` returns the present time as a string.
  globalThis.Date = new Proxy(ShiftedDate, {
    apply: () => new ShiftedDate().toString(),
  }) as unknown as DateConstructor;

  const read = () => {
    offsetMs = Number(readFileSync(file, "utf8"));
    writeFileSync(`${file}.seen`, String(offsetMs));
  };
  read();
  process.on("SIGUSR2", read);
}
