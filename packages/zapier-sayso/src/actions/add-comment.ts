import type { Comment, CreateCommentInput, Sayso } from "@sayso/client";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";

/** The time for which Zapier itself repeats a step. */
const SAME_COMMENT_MS = 12 * 3_600_000;

/** Adds a comment to a request. Does nothing if the connected person wrote the same words there in the last 12 hours. */
export const addComment: Perform = async (z, bundle, { sayso, declared }) => {
  const input = readInput<CreateCommentInput>(z, declared.fields, bundle.inputData);
  const said =
    (await findComment(sayso, input, bundle.authData.user_email)) ??
    (await sayso.createComment(input));
  return toFlat(declared.outputs, said);
};

async function findComment(
  sayso: Sayso,
  { id, body }: CreateCommentInput,
  email: string | undefined,
): Promise<Comment | undefined> {
  if (!body || !id || email === undefined) return undefined;
  const { data } = await sayso.listComments({ id });
  const same = data.filter(
    (one) => one.body === body.trim() && Date.now() - Date.parse(one.created_at) < SAME_COMMENT_MS,
  );
  if (same.length === 0) return undefined;
  const members = await sayso.listMembers({});
  const own = members.data.find((member) => member.email === email)?.id;
  return same.find(({ user_id: author }) => author !== null && author === own);
}
