import { plainLine, webAddress } from "@sayso/untrusted-text";
import { useState, type ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Time } from "../../ui/time.tsx";
import { OutwardLink, UntrustedText } from "../../ui/untrusted-text.tsx";
import { digitGroups, isInstant, isQuantity, labelOf } from "./field-label.ts";
import styles from "./payload.module.css";
import { useUnread } from "./unread.ts";

/** The greatest numbers that are shown. The rest is in the JSON, and a line says so. */
const FIELDS_MAX = 100;
const ITEMS_MAX = 100;
const DEPTH_MAX = 6;
/** The length, in characters and lines, above which text is folded. */
const TEXT_SHOWN = 600;
const LINES_SHOWN = 8;

/** Shows an object as a list of its fields. */
export function FieldList({ object, depth }: { object: Record<string, unknown>; depth: number }) {
  const entries = Object.entries(object);
  const shown = entries.slice(0, FIELDS_MAX);
  return (
    <>
      <dl className={styles.fields}>
        {shown.map(([key, value]) => (
          <div key={key} data-nested={isNested(value) || undefined}>
            <dt title={plainLine(key)}>
              <UntrustedText text={labelOf(key)} />
            </dt>
            <dd>
              <Value name={key} value={value} depth={depth} />
            </dd>
          </div>
        ))}
      </dl>
      <Beyond count={entries.length - shown.length} />
    </>
  );
}

const isNested = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;

function Beyond({ count }: { count: number }): ReactNode {
  useUnread(count > 0);
  return count > 0 && <p className="hint">{strings.request.moreFields(count)}</p>;
}

/** Shows any JSON value for people. */
function Value({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  if (typeof value === "string") return <Text text={value} />;
  if (typeof value === "number") return <Quantity name={name} value={value} />;
  if (typeof value !== "object" || value === null) return <code>{JSON.stringify(value)}</code>;
  if (Object.keys(value).length === 0)
    return (
      <span className="hint">
        {Array.isArray(value) ? strings.request.emptyList : strings.request.empty}
      </span>
    );
  if (depth >= DEPTH_MAX) return <Text text={JSON.stringify(value)} />;
  if (!Array.isArray(value)) return <FieldList object={{ ...value }} depth={depth + 1} />;
  const items: unknown[] = value;
  return (
    <>
      <ol className={styles.items}>
        {items.slice(0, ITEMS_MAX).map((item, index) => (
          <li key={index} data-nested={isNested(item) || undefined}>
            <Value name={name} value={item} depth={depth + 1} />
          </li>
        ))}
      </ol>
      <Beyond count={items.length - ITEMS_MAX} />
    </>
  );
}

/** Shows digits in groups of three. A copy of them is the number without gaps. */
function Quantity({ name, value }: { name: string; value: number }) {
  const text = JSON.stringify(value);
  // A browser reads whole numbers exactly only up to 2^53.
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return (
      <span className="numbers" title={strings.request.inexact}>
        ≈ {text}
      </span>
    );
  const digits = isQuantity(name) ? digitGroups(text) : null;
  if (!digits) return <span className="numbers">{text}</span>;
  const [first, ...others] = digits.groups;
  return (
    <span className={styles.number}>
      {digits.sign}
      {first}
      {others.map((group, index) => (
        <span key={index}>{group}</span>
      ))}
      {digits.rest}
    </span>
  );
}

function Text({ text }: { text: string }) {
  if (text === "") return <span className="hint">{strings.request.empty}</span>;
  if (isInstant(text)) return <Time at={text} as="exact" />;
  if (text.length <= 500 && /^https?:\/\/\S+$/.test(text) && webAddress(text))
    return (
      <OutwardLink address={text}>
        <UntrustedText text={text} />
      </OutwardLink>
    );
  const beginning = text.slice(0, TEXT_SHOWN).split("\n").slice(0, LINES_SHOWN).join("\n");
  // A text that is only slightly longer is shown in full.
  if (text.length <= beginning.length * 1.3) return <UntrustedText text={text} isBlock />;
  return <LongText text={text} beginning={beginning} />;
}

function LongText({ text, beginning }: { text: string; beginning: string }) {
  const [isWhole, setWhole] = useState(false);
  const [wasWhole, setWasWhole] = useState(false);
  const { request } = strings;
  useUnread(!wasWhole);
  return (
    <>
      <UntrustedText text={isWhole ? text : `${beginning}…`} isBlock />
      <Button
        size="small"
        aria-expanded={isWhole}
        onClick={() => {
          setWhole(!isWhole);
          setWasWhole(true);
        }}
      >
        {isWhole ? request.showLess : request.showAll(text.length.toLocaleString("en-GB"))}
      </Button>
    </>
  );
}
