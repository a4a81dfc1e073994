import { personBehind } from "../actors/actor.ts";
import { nameActor } from "../actors/name-actor.ts";
import { viaOf } from "../actors/via.ts";
import { perform } from "../approvals/perform.ts";
import type { Context } from "../context.ts";
import type { Performing } from "../approvals/perform.ts";
import type { Comment } from "./list-comments.ts";

/**
 * Adds a comment to a request, in any state of the request. Everybody who sees the request sees the comment.
 *
 * @throws DomainError `not_found`
 */
export async function addComment(
  context: Context<Performing>,
  requestId: string,
  body: string,
): Promise<Comment> {
  let commentId = "";
  const { loaded } = await perform(context, requestId, () => {
    commentId = context.services.newId();
    return { kind: "comment", id: commentId, body, via: viaOf(context.actor) };
  });
  const { actor } = context;
  const person = loaded.member?.name ?? null;
  const connection = actor.kind === "connection" ? actor.name : null;
  const via = viaOf(actor);
  return {
    id: commentId,
    requestId,
    personId: personBehind(actor),
    connectionId: actor.kind === "connection" ? actor.connectionId : null,
    authorName: connection ?? person,
    authorFullName: nameActor({ person, connection, via }),
    via,
    body,
    createdAt: loaded.now,
  };
}
