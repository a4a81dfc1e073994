import { html, type Html } from "../../html/html.ts";
import { relativeTime } from "../../html/times.ts";
import { markdownText } from "../../html/markdown-text.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import type { RequestDetails } from "./read.ts";

export const COMMENT_MAX = 5000;
const SHOWN_MAX = 50;

/** Renders the comments, and a form to comment without deciding. */
export function comments(
  details: RequestDetails,
  csrf: string,
  input: { body?: string; fault?: string } = {},
): Html {
  const { record, loaded } = details;
  const shown = details.comments.slice(-SHOWN_MAX);
  const earlier = details.comments.length - shown.length;
  return html` <section class="comments" id="comments" aria-labelledby="comments-heading">
    <h2 id="comments-heading">Comments</h2>
    ${earlier > 0 && html`<p class="hint">The newest ${shown.length} of ${record.commentsCount} comments. The API returns all of them.</p>`}
    ${
      shown.length > 0 &&
      html`<ol>
        ${shown.map(
          (comment) =>
            html` <li id="comment-${comment.id}">
              <p class="facts">
                <strong>${oneLine(comment.authorFullName ?? "Former member")}</strong>
                <span>${relativeTime(comment.createdAt, loaded.now)}</span>
              </p>
              ${markdownText(comment.body)}
            </li>`,
        )}
      </ol>`
    }
    <form method="post" action="/requests/${record.id}/comments">
      <input type="hidden" name="csrf" value="${csrf}" />
      <div class="field">
        <label for="comment-body">Add a comment</label>
        <textarea
          id="comment-body"
          name="body"
          rows="3"
          required
          maxlength="${COMMENT_MAX}"
          ${input.fault ? html` aria-invalid="true" aria-describedby="comment-body-fault" autofocus` : ""}
        >
${input.body}</textarea>
        ${input.fault && html`<p class="fault" id="comment-body-fault">${input.fault}</p>`}
      </div>
      <button>Add comment</button>
    </form>
  </section>`;
}
