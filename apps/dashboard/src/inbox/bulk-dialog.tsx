import type { Decision, InboxItem, Status } from "@sayso/client";
import { useState } from "react";
import { messageOf } from "../api.ts";
import { useMe } from "../me.ts";
import { FieldList } from "../request/payload/value.tsx";
import { UnreadProvider, useUnreadCount } from "../request/payload/unread.ts";
import { QUESTION_MS, useInSight } from "../request/use-in-sight.ts";
import { isUnknown } from "../request/held-votes.ts";
import { useHold, type Hold, type HoldEnd } from "../request/use-hold.ts";
import { holdsVotes } from "../request/vote-preference.ts";
import { commentFault } from "../request/vote-comment.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Textarea } from "../ui/field.tsx";
import { Form, SubmitButton } from "../ui/form.tsx";
import { toast } from "../ui/toast.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./bulk-bar.module.css";
import { decideAll, type Failure } from "./decide-all.ts";

interface BulkDialogProps {
  decision: Decision;
  items: InboxItem[];
  onVoted: (id: string, status: Status) => void;
  /** With the ids of those that were decided. */
  onDone: (decided: string[]) => void;
}

/** Decides several requests with one comment, and tells what became of each that was refused. */
export function BulkDialog({ decision, items, onVoted, onDone }: BulkDialogProps) {
  const { bulk } = strings.inbox;
  const [comment, setComment] = useState("");
  const me = useMe();
  const hold = useHold();
  const isReady = useInSight(decision, QUESTION_MS);
  const { done, decided, failures, fault, isBusy, decideThem } = useDeciding({
    decision,
    items,
    onVoted,
    onDone,
  });
  const [hasUnread, unread] = useUnreadCount();
  const isUnread = decision === "approve" && hasUnread;
  const tooLong = commentFault(comment, false);
  const needsReason = decision === "reject" && items.some((item) => item.require_rejection_reason);
  return (
    <Dialog
      isOpen
      onClose={() => (hold.isHolding ? hold.end("undone") : !isBusy && onDone(decided))}
      title={failures ? bulk.failed(failures.length) : bulk.title[decision](items.length)}
      lead={failures ? bulk.failedHint : undefined}
    >
      {failures ? (
        <>
          <div role="alert">
            <Failures failures={failures} />
          </div>
          <DialogActions>
            <Button onClick={() => onDone(decided)}>{strings.common.close}</Button>
          </DialogActions>
        </>
      ) : (
        <Form
          onSubmit={async () => {
            if (!isReady || isUnread || tooLong !== undefined) return;
            const end = holdsVotes(me.id) ? await hold.wait() : "over";
            if (end !== "undone") await decideThem(comment, end);
          }}
          actions={
            <DialogActions>
              <WayBack hold={hold} isBusy={isBusy} onCancel={() => onDone(decided)} />
              <SubmitButton
                kind={decision === "approve" ? "yes" : "danger"}
                isResting={!isReady || isUnread}
              >
                {bulk[decision]}
              </SubmitButton>
            </DialogActions>
          }
        >
          <UnreadProvider value={unread}>
            <Asked items={items} />
          </UnreadProvider>
          {isUnread && <p role="status">{bulk.unread}</p>}
          <Field
            label={bulk.comment}
            isOptional
            hint={needsReason ? bulk.reasonHint : undefined}
            fault={tooLong}
          >
            <Textarea
              value={comment}
              readOnly={isBusy || hold.isHolding}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
          </Field>
          {hold.isHolding && <p role="status">{strings.request.held.bulk}</p>}
          {done !== null && <HowFar done={done} all={items.length} />}
          {fault !== undefined && <FormFault>{fault}</FormFault>}
        </Form>
      )}
    </Dialog>
  );
}

/** What is asked, of each, at its full length: the buttons that decide come after all of it. */
const Asked = ({ items }: { items: InboxItem[] }) => (
  <ul className={styles.asked} aria-label={strings.inbox.bulk.asked}>
    {items.map(({ id, title, description, metadata }) => (
      <li key={id}>
        <strong>
          <UntrustedText text={title} />
        </strong>
        {description.trim() !== "" && <UntrustedText text={description} isBlock />}
        {metadata && Object.keys(metadata).length > 0 && <FieldList object={metadata} depth={1} />}
      </li>
    ))}
  </ul>
);

/** How many were tried so far. */
function HowFar({ done, all }: { done: number; all: number }) {
  const told = strings.inbox.bulk.working(done, all);
  return (
    <div role="status">
      <progress className={styles.progress} max={all} value={done} aria-label={told} />
      <p className="hint">{told}</p>
    </div>
  );
}

interface WayBackProps {
  hold: Hold;
  isBusy: boolean;
  onCancel: () => void;
}

/** The buttons beside the one that decides: away from the dialog, or back from a decision that is held. */
function WayBack({ hold, isBusy, onCancel }: WayBackProps) {
  if (!hold.isHolding)
    return (
      <Button disabled={isBusy} onClick={onCancel}>
        {strings.common.cancel}
      </Button>
    );
  return (
    <>
      <Button onClick={() => hold.end("undone")}>{strings.request.held.undo}</Button>
      <Button kind="quiet" onClick={() => hold.end("over")}>
        {strings.request.held.now}
      </Button>
    </>
  );
}

/** How far it is, and what it came to. */
function useDeciding({ decision, items, onVoted, onDone }: BulkDialogProps) {
  const { bulk } = strings.inbox;
  const [done, setDone] = useState<number | null>(null);
  const [decided, setDecided] = useState<string[]>([]);
  const [failures, setFailures] = useState<Failure[] | null>(null);
  const [fault, setFault] = useState<string>();
  const isBusy = done !== null && failures === null && fault === undefined;
  const decideThem = async (comment: string, end: HoldEnd) => {
    setFault(undefined);
    setDone(0);
    const counted: string[] = [];
    let open = 0;
    try {
      const isLeaving = end === "leaving";
      const failed = await decideAll({ items, decision, comment, isLeaving }, (result) => {
        setDone(result.done);
        for (const { id, status } of result.counted) {
          counted.push(id);
          if (status === "pending") open++;
          onVoted(id, status);
        }
      });
      if (counted.length > 0) toast(bulk.done[decision](counted.length - open, open));
      if (failed.length === 0) onDone(counted);
      else setFailures(failed);
    } catch (error) {
      setFault(isUnknown(error) ? bulk.unheard : messageOf(error));
    }
    setDecided(counted);
  };
  return { done, decided, failures, fault, isBusy, decideThem };
}

const Failures = ({ failures }: { failures: Failure[] }) => (
  <ul className={styles.failures}>
    {failures.map(({ item, why }) => (
      <li key={item.id}>
        <strong>
          <UntrustedText text={item.title} />
        </strong>
        <span className="hint">{why}</span>
      </li>
    ))}
  </ul>
);
