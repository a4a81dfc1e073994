import { pino, type Logger } from "pino";
import { createLog } from "../log.ts";

/** Creates the log of a verb: warnings and worse, on standard error. */
export const createCommandLog = (): Logger =>
  createLog(
    { logLevel: "warn" },
    { isTerminal: false, stream: pino.destination({ dest: 2, sync: true }) },
  );
