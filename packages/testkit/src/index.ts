/**
 * Starts real servers on a real PostgreSQL for tests and the bench: see {@link startServer}, {@link openServices} and
 * {@link createOrganization}. Nothing here is part of the product.
 */
export {
  api,
  type Answer,
  type Api,
  type ApiError,
  type Approval,
  type ApprovalPage,
  type CallOptions,
  type Decided,
} from "./api.ts";
export {
  createDatabase,
  createFolder,
  openOtherServer,
  openTestCluster,
  type TestCluster,
  type TestDatabase,
} from "./cluster.ts";
export { buildServer } from "./global-setup.ts";
export {
  createOrganization,
  type TestConnection,
  type TestOrganization,
  type TestPerson,
} from "./organization.ts";
export { createNextRelease, type NextRelease } from "./next-release.ts";
export { startReceiver, type Received, type Receiver, type ReceiverAnswer } from "./receiver.ts";
export {
  freePort,
  startEmbedded,
  startServer,
  testSecret,
  type EmbeddedServer,
  type ServerProcess,
  type StartOptions,
  type TestServer,
} from "./server.ts";
export { HANG_MS, TEST_HANG_MS } from "./hang.ts";
export { letExpire } from "./let-expire.ts";
export { startMailbox, type Mailbox, type ReceivedMail } from "./mailbox.ts";
export { openStage, shareStage, type Stage } from "./stage.ts";
export { share } from "./share.ts";
export { openServices, type TestServices } from "./services.ts";
export { until } from "./until.ts";
export * as make from "./make/index.ts";
