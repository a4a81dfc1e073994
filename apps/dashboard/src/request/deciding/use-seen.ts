import type { Approval, YourVote } from "@sayso/client";
import { useState } from "react";
import type { Seen } from "../votes/held-votes.ts";

/** The parts of a request that a revision can change. */
const revisable = ["title", "description", "metadata", "context_html"] as const;

export type Revisable = (typeof revisable)[number];

/**
 * Keeps the version that the person has in view, so that their vote counts for that version only. Null: the request has
 * changed since they looked, and they have not confirmed it yet.
 *
 * @returns the version, a function that confirms the present one, and the changed parts
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

/** Returns a request's id and its {@link Revisable} parts as one text. */
export const contentOf = (approval: Approval): string =>
  JSON.stringify([approval.id, ...revisable.map((part) => approval[part])]);
