import type { Logger } from "pino";

const EVERY_MS = 60_000;

/**
 * Logs a recurring error once a minute for each kind of work, with the number of errors since the last line.
 *
 * @param what names the kind, for example "claiming deliveries"
 */
export function createComplaints(
  log: Pick<Logger, "error">,
): (what: string, error: unknown) => void {
  const kinds = new Map<string, { toldAt: number; untold: number }>();
  return (what, error) => {
    const kind = kinds.get(what) ?? { toldAt: -Infinity, untold: 0 };
    kinds.set(what, kind);
    if (performance.now() - kind.toldAt < EVERY_MS) {
      kind.untold++;
      return;
    }
    const { untold } = kind;
    log.error(
      { err: error, ...(untold > 0 && { timesBefore: untold }) },
      `${what} failed; trying again`,
    );
    Object.assign(kind, { toldAt: performance.now(), untold: 0 });
  };
}
