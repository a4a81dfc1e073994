import type { Decision, InboxItem, Status } from "@sayso/client";
import { api } from "../api.ts";

/** A request that was not decided, and the server's words for it. */
export interface Failure {
  item: InboxItem;
  why: string;
}

interface Progress {
  /** How many were tried so far. */
  done: number;
  /** On which the vote was counted, since the last time. */
  counted: { id: string; status: Status }[];
}

/** As many as the API takes at once. */
const AT_ONCE = 50;

interface Deciding {
  /** As they were shown: one that was revised since is not decided. */
  items: readonly InboxItem[];
  decision: Decision;
  comment: string;
  /** The page is being closed: all parts are sent at once, and nobody hears of the answers. */
  isLeaving: boolean;
}

/**
 * Casts one vote on each, part by part.
 *
 * @throws SaysoError where a part as a whole could not be tried; those before it are decided
 */
export async function decideAll(
  { items, decision, comment, isLeaving }: Deciding,
  onProgress: (progress: Progress) => void,
): Promise<Failure[]> {
  const parts = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    parts.push(items.slice(from, from + AT_ONCE));
  const send = (part: InboxItem[]) =>
    api.castVotes({
      votes: part.map(({ id, your_vote: { sequence, step_id } }) => ({ id, sequence, step_id })),
      decision,
      ...(comment.trim() !== "" && { comment: comment.trim() }),
    });
  const sent = isLeaving ? parts.map(send) : [];
  const failures: Failure[] = [];
  let done = 0;
  for (const [index, part] of parts.entries()) {
    const { results } = await (sent[index] ?? send(part));
    const counted: Progress["counted"] = [];
    for (const { id, success, status, error } of results) {
      const item = part.find((one) => one.id === id);
      if (success) counted.push({ id, status: status ?? "pending" });
      else if (item) failures.push({ item, why: error ?? "" });
    }
    done += part.length;
    onProgress({ done, counted });
  }
  return failures;
}
