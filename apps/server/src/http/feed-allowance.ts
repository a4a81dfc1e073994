import { derivedId } from "@sayso/core";
import type { Credential } from "./authenticate.ts";

/** One a second: a poll a minute for each of sixty automations, or a catching up with 360,000 events. */
const READS_AN_HOUR_MIN = 3600;

/**
 * As what a credential's reading of events, and of single requests, is counted: in an hour of its own, with at least 3,600
 * calls. So a poll, which automation platforms do every minute for each workflow, and a wait for a decision leave the
 * calls that asking and deciding need.
 */
export const asFeedReader = (credential: Credential): Credential => ({
  ...credential,
  bucketId: derivedId(`events ${credential.bucketId}`),
  rateLimitPerHour: Math.max(credential.rateLimitPerHour, READS_AN_HOUR_MIN),
});
