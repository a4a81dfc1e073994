export { openCluster, type Cluster, type ClusterOptions } from "./cluster.ts";
export type { ClusterLog } from "./cluster/house.ts";
export { ClusterUnavailable, DataDirectoryInUse } from "./cluster/errors.ts";
export { createDataDirectory } from "./cluster/run-as.ts";
export {
  migrate,
  MigrationRefused,
  pendingMigrations,
  type MigrationOptions,
  type MigrationReport,
} from "./migrate.ts";
export { openPool, type PoolOptions } from "./pool.ts";
export { roles, type Role } from "./roles.ts";
