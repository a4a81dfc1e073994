/** A file that is no whole backup, or can't be restored here. The message says what to do. */
export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
  readonly code = "backup_refused";
}
