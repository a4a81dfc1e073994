export { openCluster, type Cluster, type ClusterOptions } from "./cluster.ts";
export type { ClusterLog } from "./cluster/house.ts";
export { ClusterUnavailable, DataDirectoryInUse } from "./cluster/errors.ts";
export { createDataDirectory } from "./cluster/run-as.ts";
export { withSnapshot, type Snapshot } from "./backup/snapshot.ts";
export type { TableShape } from "./backup/tables.ts";
export {
  refuseUnknownMigrations,
  restoreDatabase,
  RestoreRefused,
  type RestoreReport,
} from "./backup/restore.ts";
export {
  findMissingRights,
  MissingRights,
  describeFix,
  type MissingRight,
} from "./missing-rights.ts";
export {
  compareSchema,
  migrate,
  pendingMigrations,
  type MigrationOptions,
  type MigrationReport,
  type SchemaComparison,
} from "./migrate.ts";
export { MigrationRefused, type AppliedMigration } from "./sql-files.ts";
export { describeSchema } from "./describe-schema.ts";
export { renderSchema } from "./render-schema.ts";
export { openPool, type PoolOptions } from "./pool.ts";
export { roles, type Role } from "./roles.ts";
export { errorCode } from "./error-code.ts";
export { onlyRow } from "./only-row.ts";
