import { connectionOf, readProjectMonth, type Context, type ProjectMonth } from "@sayso/core";
import type { RateLimit } from "../../http/rate-limit.ts";
import type { Doors } from "../../http/served-surface.ts";

/** A project's month as the headers of every answer tell it. */
export const monthHeaders = ({ limit, used, resetsAt }: ProjectMonth): Record<string, number> => ({
  "X-RateLimit-Limit": limit,
  "X-RateLimit-Remaining": Math.max(0, limit - used),
  "X-RateLimit-Reset": Math.floor(resetsAt.getTime() / 1000),
});

/** The month of whoever's project it is; null where nothing counts it. */
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
 * The credential's hour, as everywhere. Where the project's plan counts requests by the month, the headers tell of
 * that; else of the hour.
 */
export const limitByMonth =
  ({ services, rateLimit }: Doors): RateLimit =>
  async (credential, response) => {
    await rateLimit(credential, response);
    const month = await monthOf({ services, ...credential });
    for (const [name, value] of Object.entries(month ? monthHeaders(month) : {}))
      response.setHeader(name, value);
  };
