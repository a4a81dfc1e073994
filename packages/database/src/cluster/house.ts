import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { locateBinaries, type Binaries } from "./binaries.ts";
import { chooseRunAs, createDataDirectory, type RunAs } from "./run-as.ts";

/** The log for the operator. A pino logger fits. */
export interface ClusterLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A data directory and everything needed to run PostgreSQL in it. Paths are absolute and resolved. */
export interface House {
  dataDirectory: string;
  postgresDirectory: string;
  logFile: string;
  password: string;
  binaries: Binaries;
  runAs: RunAs;
  log: ClusterLog;
}

/** Creates the data directory if it is missing, and finds out how PostgreSQL can run there. */
export async function openHouse(options: {
  dataDirectory: string;
  password: string;
  log: ClusterLog;
}): Promise<House> {
  await createDataDirectory(options.dataDirectory);
  const dataDirectory = await realpath(options.dataDirectory);
  const binaries = locateBinaries();
  return {
    dataDirectory,
    postgresDirectory: join(dataDirectory, "postgres"),
    logFile: join(dataDirectory, "postgres.log"),
    password: options.password,
    binaries,
    runAs: await chooseRunAs(dataDirectory, binaries),
    log: options.log,
  };
}

/** The environment of PostgreSQL's programs. It has none of Sayso's variables, because they can hold secrets. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: "C" };
  for (const name of ["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot"]) env[name] = process.env[name];
  return env;
}
