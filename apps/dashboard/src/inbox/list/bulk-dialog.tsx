import type { Decision, InboxItem } from "@sayso/client";
import { useMe } from "../../me.ts";
import { deadlineOf } from "../../request/deadline-of.ts";
import { UnreadProvider, useUnreadCount } from "../../request/payload/unread.ts";
import { FieldList } from "../../request/payload/value.tsx";
import { ReadOn } from "../../request/deciding/read-on.tsx";
import { QUESTION_MS, useInSight } from "../../ui/pause/use-in-sight.ts";
import { useReadThrough, type ReadThrough } from "../../request/deciding/use-read-through.ts";
import { castVote } from "../../request/votes/held-votes.ts";
import { commentFault, SEVERAL, useVoteComment } from "../../request/votes/vote-comment.ts";
import { strings } from "../../strings/index.ts";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { Form, sendByKeys, SubmitButton } from "../../ui/forms/form.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "./bulk-bar.module.css";
import { MarkdownText } from "../../request/markdown-text.tsx";

interface BulkDialogProps {
  decision: Decision;
  /** The requests in the state that was shown. A request that was revised since is not decided. */
  items: InboxItem[];
  /** Called when the dialog is done. `wasCast` says whether a vote was cast. */
  onDone: (wasCast: boolean) => void;
}

/**
 * Decides several requests with one comment. The focus of an approval is on Cancel, so Enter alone never gives it. The note about the vote names each
 * request that was refused.
 */
export function BulkDialog({ decision, items, onDone }: BulkDialogProps) {
  const { bulk } = strings.inbox;
  const { id: personId } = useMe();
  const [comment, setComment] = useVoteComment(SEVERAL, decision);
  const pause = useInSight(decision, QUESTION_MS);
  const [hasUnread, unread] = useUnreadCount();
  const isUnread = decision === "approve" && hasUnread;
  const reading = useReadThrough(decision);
  const mustRead = decision === "approve" && !reading.isRead;
  const tooLong = commentFault(comment, false);
  const needsReason = decision === "reject" && items.some((item) => item.require_rejection_reason);
  const cast = () => {
    if (!pause.isOver) return pause.refuse();
    if (isUnread || mustRead || tooLong !== undefined) return;
    const requests = items.map((item) => ({
      id: item.id,
      title: item.title,
      seen: { sequence: item.your_vote.sequence, step_id: item.your_vote.step_id },
      deadline: deadlineOf(item),
    }));
    castVote({ requests, personId, decision, comment });
    onDone(true);
  };
  return (
    <Dialog
      isOpen
      onClose={() => onDone(false)}
      title={bulk.title[decision](items.length)}
      initialFocus={decision === "approve" ? "cancel" : "field"}
    >
      <Form
        onSubmit={cast}
        actions={
          <DialogActions ref={reading.cover} pause={pause}>
            {mustRead && <ReadOn reading={reading} />}
            <CancelButton onClick={() => onDone(false)} />
            <SubmitButton
              kind={decision === "approve" ? "yes" : "danger"}
              isResting={isUnread || mustRead}
              pause={pause}
            >
              {bulk[decision]}
            </SubmitButton>
          </DialogActions>
        }
      >
        <UnreadProvider value={unread}>
          <Asked items={items} reading={reading} />
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
            aria-keyshortcuts="Control+Enter Meta+Enter"
            onChange={(event) => setComment(event.currentTarget.value)}
            onKeyDown={sendByKeys}
          />
        </Field>
      </Form>
    </Dialog>
  );
}

/** Shows each request in full. */
const Asked = ({ items, reading }: { items: InboxItem[]; reading: ReadThrough }) => (
  <div ref={reading.start}>
    <ul className={styles.asked} aria-label={strings.inbox.bulk.asked}>
      {items.map(({ id, title, description, metadata }) => (
        <li key={id}>
          <strong>
            <UntrustedText text={title} />
          </strong>
          {description.trim() !== "" && <MarkdownText text={description} />}
          {metadata && Object.keys(metadata).length > 0 && (
            <FieldList object={metadata} depth={1} />
          )}
        </li>
      ))}
    </ul>
    <div ref={reading.end} />
  </div>
);
