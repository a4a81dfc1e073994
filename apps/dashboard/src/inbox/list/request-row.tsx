import { isKeyOf } from "@sayso/exact-json";
import { Link } from "@tanstack/react-router";
import { plainLine } from "@sayso/untrusted-text";
import { Check, MessageSquare, X } from "lucide-react";
import { memo } from "react";
import { strings } from "../../strings/index.ts";
import { PriorityMark, StatusMark, Mark } from "../../ui/mark.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { asksAgain } from "../../request/deciding/asks-again.ts";
import { PriorityIcon } from "./priority-icon.tsx";
import type { OpenedFrom } from "../filters/opened-from.ts";
import type { Item } from "../queries.ts";
import styles from "./request-row.module.css";
import { RowDeadline } from "./row-deadline.tsx";
import type { Departure } from "./use-list-changes.ts";
import { isSelectable } from "./use-selection.ts";

interface RequestRowProps {
  item: Item;
  index: number;
  isSelected: boolean;
  /** Whether several requests can be decided at once here. */
  hasBoxes: boolean;
  /** The list that the request's page leads back to. */
  from: OpenedFrom;
  departure: Departure | undefined;
  /** The person's vote that the server has not counted yet. */
  held: "approve" | "reject" | undefined;
  onSelect: (item: Item, index: number, isRange: boolean) => void;
  onDecide: (item: Item, decision: "approve" | "reject") => void;
}

/** A request in a list: its title, priority, asker, deadline, and missing approvals. */
export const RequestRow = memo(function RequestRow(props: RequestRowProps) {
  const { item, index, isSelected, hasBoxes, from, departure, held, onDecide } = props;
  const words = departure?.words ?? (held && strings.request.held.row[held]);
  const { row } = strings.inbox;
  const isPending = item.status === "pending";
  return (
    <div
      className={styles.row}
      data-left={departure && departure.status}
      data-selected={isSelected || undefined}
    >
      {hasBoxes && <Box {...props} />}
      <PriorityIcon priority={item.priority} />
      <div className={styles.what}>
        <Link
          to="/requests/$id"
          params={{ id: item.id }}
          search={from}
          className={styles.title}
          data-row={index}
        >
          <UntrustedText text={item.title} />
        </Link>
        {isPending && asksAgain(item.priority) && <PriorityMark priority={item.priority} />}
      </div>
      {words !== undefined ? (
        <p className={styles.words} role="status">
          {words}
        </p>
      ) : (
        <Facts item={item} />
      )}
      {hasBoxes && !departure && !held && (
        <div className={styles.buttons}>
          <button
            type="button"
            tabIndex={-1}
            title={row.approve}
            aria-label={`${row.approve}: ${plainLine(item.title)}`}
            onClick={() => onDecide(item, "approve")}
          >
            <Check aria-hidden />
          </button>
          <button
            type="button"
            tabIndex={-1}
            title={row.reject}
            aria-label={`${row.reject}: ${plainLine(item.title)}`}
            onClick={() => onDecide(item, "reject")}
          >
            <X aria-hidden />
          </button>
        </div>
      )}
    </div>
  );
});

function Box({ item, index, isSelected, onSelect, departure, held }: RequestRowProps) {
  const { row } = strings.inbox;
  const why = isKeyOf(row.selectNot, item.priority) ? row.selectNot[item.priority] : undefined;
  return (
    <label className={styles.box} title={why}>
      <input
        type="checkbox"
        checked={isSelected}
        disabled={!isSelectable(item) || departure !== undefined || held !== undefined}
        aria-label={
          why === undefined
            ? row.select(plainLine(item.title))
            : `${row.select(plainLine(item.title))}. ${why}`
        }
        onChange={() => undefined}
        onClick={(event) => onSelect(item, index, event.shiftKey)}
      />
    </label>
  );
}

function Facts({ item }: { item: Item }) {
  const { row } = strings.inbox;
  const { required_approvals: need, current_approvals: have, comments_count: comments } = item;
  // Sayso knows the connection or person that asked, but a source's name is only the asker's claim.
  const asker = item.requested_by_full_name ?? row.somebody;
  const isPending = item.status === "pending";
  return (
    <p className={styles.facts}>
      <span className={styles.asker}>
        <UntrustedText text={asker} />
        {item.source_name !== null && (
          <span title={strings.request.difference.claimed}>
            {" "}
            (<UntrustedText text={item.source_name} />)
          </span>
        )}
      </span>
      <RowDeadline item={item} />
      {isPending && need > 1 && (
        <span className={styles.quorum} title={row.quorumLong(have, need)}>
          {need <= 5 && <Dots have={have} need={need} />}
          <span aria-hidden>{row.quorum(have, need)}</span>
          <span className="unseen">{row.quorumLong(have, need)}</span>
        </span>
      )}
      {comments > 0 && (
        <span className={styles.comments} title={row.comments(comments)}>
          <MessageSquare aria-hidden />
          <span aria-hidden>{comments}</span>
          <span className="unseen">{row.comments(comments)}</span>
        </span>
      )}
      {!isPending &&
        (item.is_log ? <Mark>{row.logged}</Mark> : <StatusMark status={item.status} />)}
      <span className={styles.age}>
        <Time at={item.decided_at ?? item.created_at} />
      </span>
    </p>
  );
}

const Dots = ({ have, need }: { have: number; need: number }) => (
  <svg
    viewBox={`0 0 ${need * 9} 8`}
    className={styles.dots}
    style={{ width: `${need * 0.7}em` }}
    aria-hidden="true"
  >
    {Array.from({ length: need }, (_, i) => (
      <circle
        key={i}
        cx={i * 9 + 4}
        cy="4"
        r="3.2"
        className={i < have ? styles.dotFull : styles.dot}
      />
    ))}
  </svg>
);

/** Stands in place of a row that is still being read. */
export const RowSkeleton = () => (
  <div className={styles.row} aria-hidden>
    <div className={styles.ghost} />
  </div>
);
