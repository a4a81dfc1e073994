import { readFile } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { createLogger, createServer } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The dashboard's sources, served without a bundle. Open pages replace a source when it is saved. */
export interface DashboardSources {
  /** The address of the script that makes a page reload on {@link reload}. */
  clientPath: string;
  /** Answers with a file of the sources, or calls `next` if there is no such file. */
  serve(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** Returns the dashboard's document for an address below /app. */
  renderDocument(path: string): Promise<string>;
  /** Reloads every open page. */
  reload(): void;
  /** Covers every open page with a message until the next reload. */
  showError(message: string): void;
  /** Calls `changed` with the absolute path of each file below the folders that is saved, made or deleted. */
  watch(folders: readonly string[], changed: (file: string) => void): void;
  close(): Promise<void>;
}

/**
 * Serves the dashboard's sources, and reports each reload and each compile error.
 *
 * @param options.server the server whose WebSocket upgrades notify the pages of changes
 * @param options.print takes a line about each reload and each compile error
 */
export async function serveSources(options: {
  server: Server;
  print: (line: string) => void;
}): Promise<DashboardSources> {
  let savedAt = performance.now();
  const reportReload = (message: string) =>
    options.print(`dashboard: ${message} (${Math.round(performance.now() - savedAt)} ms)`);
  const vite = await createServer({
    configFile: at("vite.config.ts"),
    appType: "custom",
    clearScreen: false,
    customLogger: createReloadLog(reportReload, options.print),
    server: { middlewareMode: true, hmr: { server: options.server }, proxy: {} },
  });
  vite.watcher.on("all", () => (savedAt = performance.now()));
  return {
    clientPath: `${vite.config.base}@vite/client`,
    serve: (request, response, next) => vite.middlewares(request, response, next),
    async renderDocument(path) {
      return vite.transformIndexHtml(path, await readFile(at("index.html"), "utf8"), path);
    },
    reload: () => vite.ws.send({ type: "full-reload" }),
    showError: (message) => vite.ws.send({ type: "error", err: { message, stack: "" } }),
    watch(folders, changed) {
      vite.watcher.add([...folders]);
      vite.watcher.on("all", (event, file) => {
        if (event.endsWith("Dir") || !folders.some((folder) => file.startsWith(folder))) return;
        changed(file);
      });
    },
    close: () => vite.close(),
  };
}

/** Logs the replaced parts of a page, warnings and errors, and drops Vite's other messages. */
function createReloadLog(reportReload: (message: string) => void, print: (line: string) => void) {
  const log = createLogger("info");
  const plain = (message: string) => message.replace(/\x1b\[[0-9;]*m/g, "").trim();
  return {
    ...log,
    info(message: string) {
      const [, what, files] = /^(hmr update|page reload) (.*)/.exec(plain(message)) ?? [];
      if (what) reportReload(`${what === "page reload" ? "reloaded for" : "replaced"} ${files}`);
    },
    warn: (message: string) => print(plain(message)),
    warnOnce: (message: string) => print(plain(message)),
    error: (message: string) => print(plain(message)),
  };
}
