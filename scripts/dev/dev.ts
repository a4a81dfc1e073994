// `npm run dev`: serves the server and the dashboard from source at one origin, signed in. A saved file appears in the
// browser without any further step. `--keep` goes on with the database of the last run.
import { createServer, type Server } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serveSources } from "@sayso/dashboard/dev-server";
import { importRules } from "../import-rules.ts";
import { openDevDatabase } from "./database.ts";
import { becomeFirstAdmin, firstAdmin, signInFirstAdmin } from "./first-admin.ts";
import { createFront } from "./front.ts";
import { startAndRestart } from "./restarts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Differ from those of `npm start`, because browsers send the cookies of localhost to every port of it. */
const [host, port] = ["127.0.0.1", Number(process.env.PORT ?? 4748)];
const dataDirectory = path.join(root, ".dev/data");

/** Returns true for the server's source files, false for tests and for temporary files of editors. */
const isOfServer = (file: string): boolean =>
  /\.(ts|js|json|sql|css)$/.test(file) && !file.endsWith(".test.ts");

const print = (line: string): void => console.log(line.replaceAll(root, ""));
const started = performance.now();
const stopped = untilSignal();

const http = createServer();
const address = await listen(http).catch((error: Error) => fail(error.message));
const database = await openDevDatabase({
  dataDirectory,
  keeps: process.argv.includes("--keep"),
  print,
}).catch((error: Error) => fail(error.message));
const sources = await serveSources({ server: http, print });
const url = `http://${host}:${address}`;
const server = startAndRestart({
  env: () => ({
    NODE_ENV: "development",
    LOG_LEVEL: process.env.LOG_LEVEL ?? "warn",
    HOST: host,
    SAYSO_URL: url,
    SAYSO_ROLE: "all",
    SAYSO_DATA_DIR: dataDirectory,
    SAYSO_SECRET: "only-for-development-and-long-enough",
    DATABASE_URL: database.url(),
  }),
  emptyDatabase: () => database.empty(),
  async started({ port, welcomePath }) {
    if (welcomePath !== null) await becomeFirstAdmin(`http://${host}:${port}`, welcomePath);
    sources.reload();
  },
  failed(message) {
    print(message);
    sources.showError(message);
  },
  print,
});
const serverSources = [
  "apps/server/src",
  ...(importRules["apps/server"]?.workspace ?? []).map((name) => `packages/${name}`),
];
sources.watch(
  serverSources.map((folder) => path.join(root, folder) + path.sep),
  (file) => {
    if (isOfServer(file)) server.fileChanged(path.relative(root, file));
  },
);
const signIn = async () => signInFirstAdmin(`http://${host}:${await server.port()}`);
http.on("request", createFront({ url, sources, serverPort: () => server.port(), signIn }));
// A server that doesn't compile was reported already. It starts when its files are corrected.
await Promise.race([server.port().catch(() => undefined), stopped]);
print(
  `Sayso runs at ${url} and signs you in as ${firstAdmin.email}, ${firstAdmin.password} (${Math.round(performance.now() - started)} ms)`,
);

await stopped;
http.close();
http.closeAllConnections();
await Promise.all([sources.close(), server.stop()]);
await database.stop();
process.exit(0);

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve());
  });
}

function listen(http: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, () => resolve((http.address() as { port: number }).port));
  });
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
