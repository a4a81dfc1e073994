import { apps, scopes, tokens } from "./apps.ts";
import { connections } from "./connections.ts";
import { deciding } from "./deciding.ts";
import { deliveries, subscriptions } from "./deliveries.ts";
import { playground } from "./playground.ts";

/** The pages for people who connect machines and watch their calls. */
export const access = {
  connections,
  deciding,
  apps,
  scopes,
  tokens,
  deliveries,
  subscriptions,
  playground,
};
