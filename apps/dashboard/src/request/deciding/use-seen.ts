import type { Approval, YourVote } from "@sayso/client";
import { useState } from "react";
import type { Seen } from "../votes/held-votes.ts";

/** What of a request a revision can change. */
const revisable = ["title", "description", "metadata"] as const;

export type Revisable = (typeof revisable)[number];

/**
 * What the person has in front of them, so that their vote is for that and nothing else: null while the request says
 * something else than it did when they looked, until they say that they have read it again.
 *
 * @returns also what it says otherwise by now
 */
export function useSeen(
  approval: Approval,
  vote: YourVote,
): [seen: Seen | null, see: () => void, changed: Revisable[]] {
  const [read, setRead] = useState(approval);
  const seen = { sequence: vote.sequence, step_id: vote.step_id };
  const changed = revisable.filter(
    (part) => JSON.stringify(read[part]) !== JSON.stringify(approval[part]),
  );
  return [changed.length === 0 ? seen : null, () => setRead(approval), changed];
}

/** {@link Revisable} of a request, and which it is, as one text. */
export const contentOf = (approval: Approval): string =>
  JSON.stringify([approval.id, ...revisable.map((part) => approval[part])]);
