import { createHash } from "node:crypto";
import type { Credential } from "./authenticate.ts";

/** One a second: a poll a minute for each of sixty automations, or a catching up with 360,000 events. */
const READS_AN_HOUR_MIN = 3600;

/**
 * As what a credential's reading of events is counted: in an hour of its own, with at least 3,600 calls. So whoever
 * polls, as automation platforms do every minute for each workflow, keeps the calls that asking and deciding need.
 */
export const asFeedReader = (credential: Credential): Credential => ({
  ...credential,
  bucketId: feedBucketOf(credential.bucketId),
  rateLimitPerHour: Math.max(credential.rateLimitPerHour, READS_AN_HOUR_MIN),
});

/** Another UUID, always the same for the same bucket (RFC 9562 §5.8). */
function feedBucketOf(bucketId: string): string {
  const bytes = createHash("sha256").update(`events ${bucketId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
