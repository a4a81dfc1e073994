import { rm } from "node:fs/promises";
import { openCluster, type Cluster } from "@sayso/database";

/** The PostgreSQL of `npm run dev`, which outlives the server that is restarted. */
export interface DevDatabase {
  /** Of the owner; holds a password. */
  url(): string;
  /** Begins anew with an empty database. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param options.dataDirectory of its own, never the one that `npm start` uses
 * @param options.keeps goes on with what lies there; otherwise begins with an empty database
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
