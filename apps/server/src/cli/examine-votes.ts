import { findSelfDeciding, type Services } from "@sayso/core";
import { plainLine } from "@sayso/untrusted-text";
import type { Config } from "../config.ts";
import type { Finding } from "./examine.ts";

/**
 * Warns of every connection that may decide its own requests, if people other than this machine's users can reach
 * Sayso: everybody with such a connection's key can approve without asking anybody.
 */
export async function examineVotes(
  system: Services["system"],
  { isLocal, url }: Pick<Config, "isLocal" | "url">,
): Promise<Finding[]> {
  const name = "votes";
  if (isLocal) return [{ name, ok: true, found: "Sayso is at a localhost address" }];
  const voters = await findSelfDeciding({ system });
  if (voters.length === 0)
    return [{ name, ok: true, found: "no connection can vote on its own requests" }];
  return voters.map((voter) => ({
    name,
    ok: true,
    isWarning: true,
    found: `${plainLine(voter.name)} can vote on its own requests, in the name of ${plainLine(voter.ownerName)}`,
    fix: `If this isn't intended, turn it off at ${url}/app/connections/${voter.id}`,
  }));
}
