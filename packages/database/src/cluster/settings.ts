/**
 * Settings that the rest of the package relies on. They are passed on the command line, so no edited file can undo
 * them.
 */
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
  // Statements and DETAIL lines hold people's data, which must not be in the log.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
} as const;

/** Settings that initdb writes into postgresql.conf once. An operator can tune them there. */
export const initialSettings = {
  max_connections: "100",
  shared_buffers: "128MB",
  jit: "off",
  // Saves three I/O worker processes, which help only large scans.
  io_method: "sync",
  // Limits the log that crash recovery replays, so that a killed database is back within seconds.
  max_wal_size: "512MB",
  checkpoint_timeout: "5min",
} as const;

/** `-c name=value` for each setting, as `postgres` and `initdb` take them. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
