import { strings } from "../strings/index.ts";

/** Characters that the server takes. */
const COMMENT_MAX = 2000;

/** What is wrong with a vote's comment, in words; undefined: nothing. */
export function commentFault(comment: string, isNeeded: boolean): string | undefined {
  const { decide } = strings.request;
  if (isNeeded && comment.trim() === "") return decide.reasonFault;
  return comment.trim().length > COMMENT_MAX ? decide.tooLong(COMMENT_MAX) : undefined;
}
