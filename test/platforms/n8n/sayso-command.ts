import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestServer } from "@sayso/testkit";

const program = fileURLToPath(new URL("../../../apps/server/bin/sayso.js", import.meta.url));

/** Runs `sayso …` against this server's database. @returns its output */
export async function runSayso(server: TestServer, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: server.databaseUrl,
    SAYSO_SECRET: server.secret,
    SAYSO_URL: server.url,
  };
  return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout;
}
