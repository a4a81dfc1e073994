import { readMarkdown, type Block, type Inline } from "@sayso/untrusted-text";
import { html, type Html, type HtmlValue } from "./html.ts";
import { manyLines, marked } from "./untrusted-text.ts";

/**
 * Renders somebody else's text with its Markdown. It has no HTML, loads no pictures, and shows the host of each link.
 * Every letter of the text is shown, with hidden characters made visible. The dashboard shows the same
 * (apps/dashboard/src/request/markdown-text.tsx).
 */
export const markdownText = (text: string): Html =>
  html`<div class="markdown" dir="auto">${readMarkdown(text).map(blockOf)}</div>`;

function blockOf(block: Block): HtmlValue {
  switch (block.kind) {
    case "plain":
      return manyLines(block.text);
    case "paragraph":
      return html`<p>${lineOf(block.content)}</p>`;
    case "heading":
      return html`<p><strong>${lineOf(block.content)}</strong></p>`;
    case "quote":
      return html`<blockquote>${block.content.map(blockOf)}</blockquote>`;
    case "list":
      return listOf(block);
    case "code":
      return html`<figure>
        ${block.label !== "" && html`<figcaption>${marked(block.label)}</figcaption>`}
        <pre><code>${marked(block.text)}</code></pre>
      </figure>`;
    case "table":
      return tableOf(block);
    case "rule":
      return html`<hr />`;
  }
}

function listOf({ marker, items }: Extract<Block, { kind: "list" }>): Html {
  const shown = items.map(
    ({ number, content }) =>
      html`<li${number === null ? "" : html` value="${number}"`}>${content.map(blockOf)}</li>`,
  );
  return marker === null
    ? html`<ol>
        ${shown}
      </ol>`
    : html`<ul data-marker="${marker}">
        ${shown}
      </ul>`;
}

const tableOf = ({ head, rows }: Extract<Block, { kind: "table" }>): Html =>
  html`<div class="table" role="region" tabindex="0" aria-label="Table">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th>${lineOf(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${lineOf(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const lineOf = (content: readonly Inline[]): HtmlValue[] => content.map(inlineOf);

function inlineOf(part: Inline): HtmlValue {
  switch (part.kind) {
    case "text":
      return html`<bdi>${marked(part.text)}</bdi>`;
    case "code":
      return html`<code>${marked(part.text)}</code>`;
    case "break":
      return html`<br />`;
    case "strong":
      return html`<strong>${lineOf(part.content)}</strong>`;
    case "emphasis":
      return html`<em>${lineOf(part.content)}</em>`;
    case "struck":
      return html`<s>${lineOf(part.content)}</s>`;
    case "link":
    case "picture":
      return linkOf(part);
  }
}

function linkOf({
  kind,
  content,
  href,
  shown,
}: Extract<Inline, { kind: "link" | "picture" }>): Html {
  const host = shown !== null && html`<span class="host"> (<bdi>${marked(shown)}</bdi>)</span>`;
  const words = html`${kind === "picture" && "Picture: "}${lineOf(content.map(asText))}${host}`;
  if (href === null) return words;
  return html`<a href="${href}" rel="noopener noreferrer nofollow" target="_blank">${words}</a>`;
}

/** A link within a link leads nowhere by itself. */
const asText = (part: Inline): Inline => ("href" in part ? { ...part, href: null } : part);
