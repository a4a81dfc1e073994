import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** Nothing was ever set up in the data directory. A command must not create a new Sayso there and act on that. */
class NotSetUp extends Error {
  override name = "NotSetUp";
}

/** @throws NotSetUp */
export function requireSetUp({ databaseUrl, dataDirectory }: Config): void {
  if (databaseUrl !== null || existsSync(join(dataDirectory, "postgres"))) return;
  throw new NotSetUp(
    `There is no Sayso in ${dataDirectory}. Set SAYSO_DATA_DIR to the server's data directory, or DATABASE_URL.`,
  );
}
