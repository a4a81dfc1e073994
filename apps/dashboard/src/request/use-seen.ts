import type { Approval, YourVote } from "@sayso/client";
import { useState } from "react";
import type { Seen } from "./held-votes.ts";

/**
 * What the person has in front of them, so that their vote is for that and nothing else: null while the request says
 * something else than it did when they looked, until they say that they have read it again.
 */
export function useSeen(approval: Approval, vote: YourVote): [seen: Seen | null, see: () => void] {
  const content = contentOf(approval);
  const [read, setRead] = useState(content);
  const seen = { sequence: vote.sequence, step_id: vote.step_id };
  return [read === content ? seen : null, () => setRead(content)];
}

/** What of a request a revision can change, as one text. */
export const contentOf = ({ id, title, description, metadata }: Approval): string =>
  JSON.stringify([id, title, description, metadata]);
