import type { App } from "zapier-platform-core";
import packageJson from "../package.json" with { type: "json" };
import { creates } from "./actions/index.ts";
import { authentication } from "./authentication.ts";
import { searches, searchOrCreates } from "./searches.ts";
import { endWait } from "./wait/index.ts";
import { triggers } from "./triggers/index.ts";

/** The Zapier app of Sayso, in the form that Zapier's runtime takes. */
const app: App<typeof triggers, typeof creates, typeof searches> = {
  version: packageJson.version,
  platformVersion: packageJson.dependencies["zapier-platform-core"],
  authentication,
  triggers,
  creates,
  searches,
  searchOrCreates,
  afterApp: [endWait],
  flags: { cleanInputData: false },
};

export default app;
