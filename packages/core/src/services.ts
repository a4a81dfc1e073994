import type { Pool } from "pg";
import { createCommitter } from "./approvals/commit.ts";
import { createLoader } from "./approvals/load.ts";
import type { Performing } from "./approvals/perform.ts";
import { createDecisionWaiter, type DecisionWaiter } from "./approvals/wait-for-decision.ts";
import type { Asking } from "./asking/create.ts";
import { createRequestStore } from "./asking/store-request.ts";
import type { AcrossOrganizations, Mailing } from "./capabilities.ts";
import { createChangeCommitter } from "./changes/commit-change.ts";
import type { Context } from "./context.ts";
import { createSecretBox } from "./credentials/secret-box.ts";
import { createFeedNews, type FeedReader } from "./events/feed-news.ts";
import { newId } from "./ids.ts";
import { createOrganizationFacts } from "./organizations/organization-facts.ts";

/** Every capability that this process has. A verb takes those that it uses. */
export interface Services
  extends Asking, Performing, AcrossOrganizations, Mailing, FeedReader, DecisionWaiter {}

/** The context with which the process calls verbs. */
export type FullContext = Context<Services>;

/**
 * Wires the core to a database. `wakeWorker` and `eventsWritten` are hints and can be left out, as can
 * `reserveDelivery`.
 */
export function createServices(options: {
  app: Pool;
  system: Pool;
  /** SAYSO_SECRET. Values sealed under it can be read only with it. */
  secret: string;
  publicUrl: string;
  /** Default: mail isn't configured. */
  mail?: Services["mail"];
  /** Default: `pro`. */
  defaultPlan?: Services["defaultPlan"];
  reserveDelivery?: Services["reserveDelivery"];
  wakeWorker?: Services["wakeWorker"];
  eventsWritten?: Services["eventsWritten"];
  reach?: Services["reach"];
}): Services {
  const { app, system, publicUrl } = options;
  const waiter = createDecisionWaiter(system);
  const services = {
    app,
    system,
    publicUrl,
    secrets: createSecretBox(options.secret),
    newId,
    mail: options.mail ?? { isEnabled: false },
    defaultPlan: options.defaultPlan ?? "pro",
    storeRequest: createRequestStore(app),
    loadRequest: createLoader(app),
    commitTransition: createCommitter(app),
    organizationFacts: createOrganizationFacts(system),
    reserveDelivery: options.reserveDelivery ?? (() => null),
    wakeWorker: options.wakeWorker ?? (() => undefined),
    eventsWritten: options.eventsWritten ?? (() => undefined),
    feed: createFeedNews({ app, system }),
    reach: options.reach ?? (() => undefined),
    requestsChanged: waiter.changed,
    waitForDecision: waiter.wait,
  };
  return { ...services, commitChange: createChangeCommitter(services) };
}
