/** Another live process runs the server on this data directory. The message names it and says how to proceed. */
export class DataDirectoryInUse extends Error {
  override readonly name = "DataDirectoryInUse";
  readonly code = "data_directory_in_use";
  readonly dataDirectory: string;
  /** For example `sayso server pid 123 on host`. */
  readonly holder: string;
  readonly since: Date;

  constructor(dataDirectory: string, holder: string, since: Date) {
    super(
      `The data directory ${dataDirectory} is in use by ${holder} since ${since.toISOString()}. ` +
        "Stop that process first, or set SAYSO_DATA_DIR to another directory.",
    );
    this.dataDirectory = dataDirectory;
    this.holder = holder;
    this.since = since;
  }
}

/**
 * PostgreSQL could not be started or reached. The message says why, with the last lines of PostgreSQL's log where there
 * are some.
 */
export class ClusterUnavailable extends Error {
  override readonly name = "ClusterUnavailable";
  readonly code = "cluster_unavailable";
}
