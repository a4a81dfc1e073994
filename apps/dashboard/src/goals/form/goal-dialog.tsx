import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { strings } from "../../strings/index.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { refreshGoals } from "../queries.ts";
import { GoalForm, type GoalFormProps } from "./goal-form.tsx";
import styles from "./goal-form.module.css";

interface GoalDialogProps<Input extends object, Answer> extends Pick<
  GoalFormProps,
  "fields" | "thing" | "defaults" | "verb"
> {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  lead?: ReactNode;
  /** Whether changes made here wait for an admin. */
  isHeld?: boolean;
  /** Sends the change, and returns the API's answer. */
  submit: (input: Input) => Promise<Answer>;
  /** The message after success. Default: saved. */
  done?: string;
  /** Takes the API's answer, unless the change waits for an approval. */
  onDone?: (answer: Answer) => void;
}

/**
 * A dialog that makes or changes something. If the change waits for a yes, the dialog says so and links to the request.
 */
export function GoalDialog<Input extends object, Answer>(props: GoalDialogProps<Input, Answer>) {
  const { isOpen, onClose, title, lead, ...rest } = props;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} lead={lead}>
      <Content {...rest} onClose={onClose} />
    </Dialog>
  );
}

/** The dialog's content, which is mounted anew each time the dialog opens. */
function Content<Input extends object, Answer>(
  props: Omit<GoalDialogProps<Input, Answer>, "isOpen" | "title" | "lead">,
) {
  const { onClose, isHeld = false, submit, done, onDone, ...form } = props;
  const [heldId, setHeldId] = useState<string>();
  const { goals } = strings;
  if (heldId !== undefined) return <Sent requestId={heldId} onClose={onClose} />;
  return (
    <GoalForm
      {...form}
      notice={isHeld && <p className={styles.notice}>{goals.waiting.notice}</p>}
      submit={async (patch) => {
        const answer = await submit(inputOf(patch));
        await refreshGoals();
        if (isHeldChange(answer)) return setHeldId(answer.id);
        toast(done ?? goals.form.saved);
        onClose();
        onDone?.(answer);
      }}
      onUnchanged={() => {
        toast(goals.form.unchanged, "note");
        onClose();
      }}
      onCancel={onClose}
    />
  );
}

function Sent({ requestId, onClose }: { requestId: string; onClose: () => void }) {
  const { waiting } = strings.goals;
  return (
    <div className={styles.sent} role="status">
      <p>
        <strong>{waiting.sent}.</strong> {waiting.sentHint}
      </p>
      <DialogActions>
        <Button onClick={onClose}>{waiting.close}</Button>
        <Link
          className={buttonClass({ kind: "primary" })}
          to="/requests/$id"
          params={{ id: requestId }}
        >
          {waiting.see}
        </Link>
      </DialogActions>
    </div>
  );
}

/**
 * Takes what a form holds for an operation's input. A form's fields have the names of the operation's, and the server
 * checks every value.
 */
const inputOf = <Input extends object>(patch: Record<string, unknown>): Input => patch as Input;

/** Whether the answer is the 202 of a change that waits for a yes. */
const isHeldChange = (answer: unknown): answer is { id: string } =>
  typeof answer === "object" &&
  answer !== null &&
  "entity_type" in answer &&
  "status" in answer &&
  answer.status === "pending";
