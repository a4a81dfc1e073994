/** What the rest of the package relies on; passed on the command line, so no edited file can undo it. */
export const fixedSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  cluster_name: "sayso",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_destination: "stderr",
  logging_collector: "off",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
  log_min_messages: "warning",
  // Statements and DETAIL lines carry people's data; the log must not.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
} as const;

/** Written into postgresql.conf once, by initdb, so that an operator may tune them there. */
export const initialSettings = {
  max_connections: "100",
  shared_buffers: "128MB",
  jit: "off",
  // Three I/O worker processes less; they help large scans only.
  io_method: "sync",
  // Bounds what crash recovery replays, so that a killed database is back within seconds.
  max_wal_size: "512MB",
  checkpoint_timeout: "5min",
} as const;

/** `-c name=value` for each setting, as `postgres` and `initdb` take them. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
