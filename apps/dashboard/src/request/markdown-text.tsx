import { readMarkdown, type Block, type Inline } from "@sayso/untrusted-text";
import { Fragment, useMemo, useState, type ReactNode } from "react";
import { strings } from "../strings/index.ts";
import { marked, UntrustedText } from "../ui/untrusted-text.tsx";
import { useIsOffside } from "../ui/use-offside.ts";
import styles from "./markdown-text.module.css";
import { useUnread } from "./payload/unread.ts";

/**
 * Somebody else's text with its Markdown. It has no HTML, loads no pictures, and shows the host of each link. Every letter
 * of the text is shown, with hidden characters made visible. The plain page shows the same
 * (apps/server/src/html/markdown-text.ts).
 */
export function MarkdownText({ text }: { text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return (
    <div className={styles.markdown} dir="auto">
      <Blocks blocks={blocks} />
    </div>
  );
}

const Blocks = ({ blocks }: { blocks: readonly Block[] }) =>
  blocks.map((block, index) => <Fragment key={index}>{blockOf(block)}</Fragment>);

function blockOf(block: Block): ReactNode {
  switch (block.kind) {
    case "plain":
      return <UntrustedText text={block.text} isBlock />;
    case "paragraph":
      return <p>{lineOf(block.content)}</p>;
    case "heading":
      return (
        <p>
          <strong>{lineOf(block.content)}</strong>
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.content} />
        </blockquote>
      );
    case "list":
      return <List {...block} />;
    case "code":
      return (
        <figure>
          {block.label !== "" && <figcaption>{marked(block.label)}</figcaption>}
          <pre>
            <code>{marked(block.text)}</code>
          </pre>
        </figure>
      );
    case "table":
      return <Table {...block} />;
    case "rule":
      return <hr />;
  }
}

function List({ marker, items }: Extract<Block, { kind: "list" }>) {
  const shown = items.map(({ number, content }, index) => (
    <li key={index} value={number ?? undefined}>
      <Blocks blocks={content} />
    </li>
  ));
  return marker === null ? <ol>{shown}</ol> : <ul data-marker={marker}>{shown}</ul>;
}

/** A table. One that is wider than its place counts as unread until somebody has scrolled to its edge. */
function Table({ head, rows }: Extract<Block, { kind: "table" }>) {
  const [box, setBox] = useState<HTMLElement | null>(null);
  useUnread(useIsOffside(box, JSON.stringify([head, rows])));
  return (
    <div
      ref={setBox}
      className={styles.table}
      role="region"
      tabIndex={0}
      aria-label={strings.request.table}
    >
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index}>{lineOf(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, index) => (
                <td key={index}>{lineOf(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const lineOf = (content: readonly Inline[]): ReactNode =>
  content.map((part, index) => <Fragment key={index}>{inlineOf(part)}</Fragment>);

function inlineOf(part: Inline): ReactNode {
  switch (part.kind) {
    case "text":
      return <bdi>{marked(part.text)}</bdi>;
    case "code":
      return <code>{marked(part.text)}</code>;
    case "break":
      return <br />;
    case "strong":
      return <strong>{lineOf(part.content)}</strong>;
    case "emphasis":
      return <em>{lineOf(part.content)}</em>;
    case "struck":
      return <s>{lineOf(part.content)}</s>;
    case "link":
    case "picture":
      return <Link {...part} />;
  }
}

type LinkProps = Extract<Inline, { kind: "link" | "picture" }>;

function Link({ kind, content, href, shown }: LinkProps) {
  const words = (
    <>
      {kind === "picture" && `${strings.request.picture}: `}
      {lineOf(content.map(asText))}
      {shown !== null && (
        <span className={styles.host}>
          {" "}
          (<bdi>{marked(shown)}</bdi>)
        </span>
      )}
    </>
  );
  if (href === null) return words;
  return (
    <a href={href} rel="noopener noreferrer nofollow" target="_blank">
      {words}
    </a>
  );
}

/** A link within a link leads nowhere by itself. */
const asText = (part: Inline): Inline => ("href" in part ? { ...part, href: null } : part);
