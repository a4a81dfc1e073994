import type { Pool } from "pg";
import { createCommitter } from "./approvals/commit.ts";
import { createLoader } from "./approvals/load.ts";
import { createRequestStore } from "./asking/store-request.ts";
import { createDecisionWaiter } from "./approvals/wait-for-decision.ts";
import { commitChange } from "./changes/commit-change.ts";
import type { Services } from "./context.ts";
import { createFeedNews } from "./events/feed-news.ts";
import { newId } from "./ids.ts";
import { createOrganizationFacts } from "./organizations/organization-facts.ts";
import { createSecretBox } from "./credentials/secret-box.ts";

/** The core, wired to a database. `wakeWorker` and `eventsWritten` are hints and may be left out, as may `reserveDelivery`. */
export function createServices(options: {
  app: Pool;
  system: Pool;
  /** SAYSO_SECRET: what is sealed under it can be read only with it. */
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
  return {
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
    commitChange,
    organizationFacts: createOrganizationFacts(system),
    reserveDelivery: options.reserveDelivery ?? (() => null),
    wakeWorker: options.wakeWorker ?? (() => undefined),
    eventsWritten: options.eventsWritten ?? (() => undefined),
    feed: createFeedNews({ app, system }),
    reach: options.reach ?? (() => undefined),
    requestsChanged: waiter.changed,
    waitForDecision: waiter.wait,
  };
}
