import { derivedId } from "@sayso/core";
import type { Credential } from "./authenticate.ts";

/** One a second: a poll a minute for each of sixty automations, or the reading of 360,000 missed events. */
const READS_AN_HOUR_MIN = 3600;

/**
 * Returns the credential under which reads of events and of single requests are counted: with an hour of its own, of at
 * least 3,600 calls. So two kinds of reads leave the calls for asking and deciding alone: a wait for a decision, and
 * the poll that automation platforms make every minute for each workflow.
 */
export const asFeedReader = (credential: Credential): Credential => ({
  ...credential,
  bucketId: derivedId(`events ${credential.bucketId}`),
  rateLimitPerHour: Math.max(credential.rateLimitPerHour, READS_AN_HOUR_MIN),
});
