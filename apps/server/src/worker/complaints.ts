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
  const kinds = new Map<string, { reportedAt: number; unreported: number }>();
  return (what, error) => {
    const kind = kinds.get(what) ?? { reportedAt: -Infinity, unreported: 0 };
    kinds.set(what, kind);
    if (performance.now() - kind.reportedAt < EVERY_MS) {
      kind.unreported++;
      return;
    }
    const { unreported } = kind;
    log.error(
      { err: error, ...(unreported > 0 && { timesBefore: unreported }) },
      `${what} failed; trying again`,
    );
    Object.assign(kind, { reportedAt: performance.now(), unreported: 0 });
  };
}
