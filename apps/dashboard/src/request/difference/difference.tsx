import type { Differing, RequestDifference } from "@sayso/client";
import type { ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { Card } from "../../ui/card.tsx";
import { Mark, type Tone } from "../../ui/mark.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { ChangeMark, ChangeState } from "./change-state.tsx";
import { useUnread } from "../payload/unread.ts";
import { diffLines, diffWords, type Line, type Part } from "./diff-texts.ts";
import styles from "./difference.module.css";

/** The length up to which a text of one line is not compared line by line. */
const INLINE_MAX = 80;
/** The number of unchanged lines that are shown around changed ones. */
const AROUND = 2;

/** Shows the values before and after: each field that differs, with signs and colours. */
export function Difference({
  requestId,
  difference,
}: {
  requestId: string;
  difference: RequestDifference;
}) {
  const { difference: words } = strings.request;
  const { data, change } = difference;
  if (data === null) return null;
  return (
    <Card title={words.title} actions={change && <ChangeMark change={change} />}>
      {change ? (
        <ChangeState requestId={requestId} change={change} />
      ) : (
        <p className="hint">{words.claimed}</p>
      )}
      {data.length === 0 && <p>{words.none}</p>}
      <dl className={styles.list}>
        {data.map((one) => (
          <div key={one.path}>
            <dt>
              <Path pointer={one.path} />
              <Mark tone={tones[one.kind]}>{words[one.kind]}</Mark>
            </dt>
            <dd>
              <Sides {...one} />
            </dd>
          </div>
        ))}
      </dl>
      {difference.has_more && <More />}
    </Card>
  );
}

function More() {
  useUnread(true);
  return <p className="hint">{strings.request.difference.more}</p>;
}

const tones: Record<Differing["kind"], Tone> = { added: "good", removed: "bad", changed: "info" };

/** Shows a JSON Pointer (RFC 6901) as its parts. */
function Path({ pointer }: { pointer: string }) {
  const parts = pointer.split("/").slice(1);
  if (parts.length === 0) return <span>{strings.request.difference.whole}</span>;
  return (
    <code>
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && <span aria-hidden> › </span>}
          <UntrustedText text={part.replaceAll("~1", "/").replaceAll("~0", "~")} />
        </span>
      ))}
    </code>
  );
}

const isText = (value: unknown): value is string => typeof value === "string";
const shown = (value: unknown): string =>
  isText(value) ? value : (JSON.stringify(value, null, 2) ?? "");
const isShort = (text: string): boolean => text.length <= INLINE_MAX && !text.includes("\n");

function Sides({ kind, before, after }: Differing): ReactNode {
  const [old, fresh] = [shown(before), shown(after)];
  if (isShort(old) && isShort(fresh)) {
    // Only texts are compared word by word. Another number differs as a whole.
    const parts =
      kind === "changed" && isText(before) && isText(after) ? diffWords(old, fresh) : [];
    const of = (side: Part["kind"], text: string): Part[] =>
      parts.length > 0
        ? parts.filter((part) => part.kind === "same" || part.kind === side)
        : [{ kind: "same", text }];
    return (
      <>
        {kind !== "added" && <Side kind="removed" words={of("removed", old)} />}
        {kind !== "removed" && <Side kind="added" words={of("added", fresh)} />}
      </>
    );
  }
  if (kind === "added") return <Lines lines={whole("added", fresh)} />;
  if (kind === "removed") return <Lines lines={whole("removed", old)} />;
  return <Lines lines={diffLines(old, fresh)} />;
}

const whole = (kind: Part["kind"], text: string): Line[] =>
  text.split("\n").map((line) => ({ kind, words: [{ kind: "same", text: line }] }));

const signs = { same: " ", removed: "−", added: "+" };

/** One line with its sign. Screen readers get the meaning of the sign in words. */
function Side({ kind, words }: { kind: Part["kind"]; words: readonly Part[] }) {
  const { difference } = strings.request;
  const Tag = kind === "removed" ? "del" : kind === "added" ? "ins" : "span";
  return (
    <Tag className={styles.line} data-kind={kind}>
      <span aria-hidden>{signs[kind]}</span>
      {kind !== "same" && (
        <span className="unseen">
          {kind === "removed" ? difference.before : difference.after}:{" "}
        </span>
      )}
      <span>
        {words.map((part, index) =>
          part.kind === "same" ? (
            <UntrustedText key={index} text={part.text} />
          ) : (
            <mark key={index}>
              <UntrustedText text={part.text} />
            </mark>
          ),
        )}
      </span>
    </Tag>
  );
}

/** Shows the changed lines, and the unchanged lines near them. */
function Lines({ lines }: { lines: readonly Line[] }) {
  const isNear = (at: number): boolean =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== "same");
  const rows: ReactNode[] = [];
  let left = 0;
  const skip = (key: number) => {
    if (left > 0)
      rows.push(
        <p key={`skipped-${key}`} className={styles.skipped}>
          {strings.request.difference.unchangedLines(left)}
        </p>,
      );
    left = 0;
  };
  for (const [at, { kind, words }] of lines.entries()) {
    if (!isNear(at)) {
      left++;
      continue;
    }
    skip(at);
    rows.push(<Side key={at} kind={kind} words={words} />);
  }
  skip(lines.length);
  return (
    <div
      className={styles.lines}
      tabIndex={0}
      role="region"
      aria-label={strings.request.difference.title}
    >
      {rows}
    </div>
  );
}
