import { refuseUnreadable } from "./refuse-unreadable.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

export interface RestartOptions {
  env: () => Record<string, string>;
  /** Replaces the database by an empty one. */
  emptyDatabase: () => Promise<void>;
  /** Called when a server is ready, before it receives any other request. */
  started: (server: ServerProcess) => Promise<void>;
  /** Called when a server does not start, or ended by itself. */
  failed: (message: string) => void;
  print: (line: string) => void;
}

/** The server of `npm run dev` across its restarts. */
export interface RestartingServer {
  /** Returns the port of the running server. Waits while another starts. Rejects with the reason while none runs. */
  port(): Promise<number>;
  /** Starts another server. Files that change meanwhile are handled afterwards, together. */
  fileChanged(file: string): void;
  stop(): Promise<void>;
}

/** The time to wait for further files, because several are often saved at once. */
const SETTLE_MS = 20;

/**
 * Starts the server. When a file changes, a new server replaces the running one as soon as it is ready. If the new one
 * fails, the running one stays.
 */
export function startAndRestart(options: RestartOptions): RestartingServer {
  const { failed } = options;
  const changed = new Set<string>();
  const kept = new Set<ServerProcess>();
  let running: ServerProcess | undefined;
  let lastFailed = false;
  const start = async (): Promise<void> => {
    const before = running;
    const server = await startServerProcess(options);
    kept.add(server);
    await options.started(server);
    running = server;
    await before?.kill();
    void server.exited.then(() => {
      if (!kept.delete(server) || running !== server) return;
      running = undefined;
      failed("The server ended by itself. It starts again when a file is saved.");
    });
  };
  const replace = async (files: readonly string[]): Promise<void> => {
    const savedAt = performance.now();
    try {
      await refuseUnreadable(files);
      await start().catch(async (error: unknown) => {
        // The SQL that was applied to the database before differs from the files now.
        if (!running || !files.some((file) => file.endsWith(".sql"))) throw error;
        const before = running;
        running = undefined;
        await before.kill();
        await options.emptyDatabase();
        await start();
        options.print("database: begun anew, because the one before did not take the changed SQL");
      });
      const tookMs = Math.round(performance.now() - savedAt);
      if (files.length > 0)
        options.print(`server: restarted for ${files.join(", ")} (${tookMs} ms)`);
      lastFailed = false;
    } catch (error) {
      lastFailed = true;
      failed(error instanceof Error ? error.message : String(error));
    }
  };
  let turn = replace([]);
  const replaceForChanged = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const files = [...changed];
    changed.clear();
    if (files.length > 0) await replace(files);
  };
  return {
    async port() {
      await turn;
      if (running) return running.port;
      throw new Error(
        lastFailed ? "The server does not start: see the terminal." : "The server ended.",
      );
    },
    fileChanged(file) {
      changed.add(file);
      turn = turn.then(replaceForChanged);
    },
    async stop() {
      const ending = [...kept];
      kept.clear();
      await Promise.all(ending.map((server) => server.kill()));
    },
  };
}
