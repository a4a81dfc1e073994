import type { Logger } from "pino";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { startServer } from "./start.ts";

const STOP_MS_MAX = 29_000;
const SAME_SIGNAL_MS = 300;

/**
 * Runs `sayso serve` until SIGTERM or SIGINT, then drains and exits with 0. A second signal exits at once.
 *
 * @param options.json logs JSON also on a terminal, and prints no welcome
 * @throws ConfigError, and every error that keeps the server from starting
 */
export async function runServer({ json = false }: { json?: boolean } = {}): Promise<void> {
  const config = readConfig();
  const log = createLog(config, { isTerminal: process.stdout.isTTY && !json });
  const fatal = (error: unknown): void => {
    log.fatal({ err: error }, "unexpected error; exiting");
    process.exit(1);
  };
  process.on("uncaughtException", fatal).on("unhandledRejection", fatal);

  const stopRequested = listenForSignals();
  void stopRequested.then(() => exitWhenTooSlow(log));
  const server = await startServer(config, log);
  if (!json) process.stdout.write(server.welcome);
  await stopRequested;
  await server.stop();
  process.exit(0);
}

/** Resolves at the first signal; the second one exits. */
function listenForSignals(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        // One Ctrl-C can arrive twice: from the terminal, and forwarded by npm.
        if (firstAt !== null && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(130);
        firstAt ??= performance.now();
        resolve();
      });
    }
  });
}

function exitWhenTooSlow(log: Logger): void {
  setTimeout(() => {
    log.error("could not stop in time; exiting");
    process.exit(1);
  }, STOP_MS_MAX).unref();
}
