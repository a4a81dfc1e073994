import { rm } from "node:fs/promises";
import { openCluster, type Cluster } from "@sayso/database";

/** The PostgreSQL of `npm run dev`. It goes on while the server is restarted. */
export interface DevDatabase {
  /** Returns the owner's connection URL, which holds a password. */
  url(): string;
  /** Replaces the database by an empty one. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the PostgreSQL.
 *
 * @param options.dataDirectory a directory of its own, never the one that `npm start` uses
 * @param options.keeps goes on with the existing database; otherwise begins with an empty one
 * @throws DataDirectoryInUse while another `npm run dev` runs here
 */
export async function openDevDatabase(options: {
  dataDirectory: string;
  keeps: boolean;
  print: (line: string) => void;
}): Promise<DevDatabase> {
  const { dataDirectory, keeps, print } = options;
  const open = () =>
    openCluster({
      dataDirectory,
      password: "dev",
      holder: "sayso dev",
      purpose: "server",
      log: {
        info: () => undefined,
        warn: (_fields, message) => print(`database: ${message}`),
        error: (_fields, message) => print(`database: ${message}`),
      },
    });
  let cluster: Cluster = await open();
  const empty = async () => {
    await cluster.stop();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    cluster = await open();
  };
  if (!keeps) await empty();
  return { url: () => cluster.ownerUrl, empty, stop: () => cluster.stop() };
}
