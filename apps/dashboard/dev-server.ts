import { readFile } from "node:fs/promises";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { createLogger, createServer } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The dashboard's sources, served as they are and replaced in open pages when they are saved. */
export interface DashboardSources {
  /** The script that makes a page reload when {@link reload} says so. */
  clientPath: string;
  /** Answers with a file of the sources; calls `next` where there is none. */
  serve(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** The dashboard's document for an address below /app. */
  renderDocument(path: string): Promise<string>;
  /** Reloads every open page. */
  reload(): void;
  /** Lays a message over every open page, until the next reload. */
  showError(message: string): void;
  /** Calls `changed` with the absolute path of each file below the folders that is saved, made or deleted. */
  watch(folders: readonly string[], changed: (file: string) => void): void;
  close(): Promise<void>;
}

/**
 * @param options.server whose upgrades carry the news of changes to the pages
 * @param options.print takes a line about each reload and each compile error
 */
export async function serveSources(options: {
  server: Server;
  print: (line: string) => void;
}): Promise<DashboardSources> {
  let savedAt = performance.now();
  const tellReload = (message: string) =>
    options.print(`dashboard: ${message} (${Math.round(performance.now() - savedAt)} ms)`);
  const vite = await createServer({
    configFile: at("vite.config.ts"),
    appType: "custom",
    clearScreen: false,
    customLogger: createReloadLog(tellReload, options.print),
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

/** Passes on which page parts were replaced, and errors; of the rest of what Vite tells nothing. */
function createReloadLog(tellReload: (message: string) => void, print: (line: string) => void) {
  const log = createLogger("info");
  const plain = (message: string) => message.replace(/\x1b\[[0-9;]*m/g, "").trim();
  return {
    ...log,
    info(message: string) {
      const [, what, files] = /^(hmr update|page reload) (.*)/.exec(plain(message)) ?? [];
      if (what) tellReload(`${what === "page reload" ? "reloaded for" : "replaced"} ${files}`);
    },
    warn: (message: string) => print(plain(message)),
    warnOnce: (message: string) => print(plain(message)),
    error: (message: string) => print(plain(message)),
  };
}
