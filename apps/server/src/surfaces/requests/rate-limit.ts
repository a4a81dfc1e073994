import { connectionOf, readProjectMonth, type Context, type ProjectMonth } from "@sayso/core";
import type { RateLimit } from "../../http/rate-limit.ts";
import type { Doors } from "../../http/served-surface.ts";

/** Renders a project's month as headers. Every answer carries them. */
export const monthHeaders = ({ limit, used, resetsAt }: ProjectMonth): Record<string, number> => ({
  "X-RateLimit-Limit": limit,
  "X-RateLimit-Remaining": Math.max(0, limit - used),
  "X-RateLimit-Reset": Math.floor(resetsAt.getTime() / 1000),
});

/** Reads the month of the caller's project; null: there is no project, or nothing counts its month. */
export function monthOf({
  services,
  organizationId,
  actor,
}: Pick<Context, "services" | "organizationId" | "actor">): Promise<ProjectMonth | null> {
  const project = connectionOf(actor);
  return project
    ? readProjectMonth({ services, organizationId }, project.connectionId)
    : Promise.resolve(null);
}

/**
 * Counts against the credential's hour, as on every surface. The headers show the month if the project's plan counts
 * requests by the month, otherwise the hour.
 */
export const limitByMonth =
  ({ services, rateLimit }: Doors): RateLimit =>
  async (credential, response, isFree) => {
    await rateLimit(credential, response, isFree);
    const month = await monthOf({ services, ...credential });
    for (const [name, value] of Object.entries(month ? monthHeaders(month) : {}))
      response.setHeader(name, value);
  };
