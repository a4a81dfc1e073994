import { useRef, useState, type RefObject } from "react";
import { api } from "../../api.ts";
import { useEarlyTyping } from "../../keyboard/early-typing.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { Form, sendByKeys, SubmitButton } from "../../ui/forms/form.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { Item } from "../queries.ts";

/** Comments on a request without opening it. */
export function CommentDialog({ item, onDone }: { item: Item; onDone: () => void }) {
  const { comment: words } = strings.inbox;
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const body = text.trim();
  const send = async () => {
    if (body === "") return;
    await api.createComment({ id: item.id, body });
    toast(words.sent);
    onDone();
  };
  return (
    <Dialog
      isOpen
      onClose={onDone}
      title={words.title}
      lead={<UntrustedText text={item.title} />}
      initialFocus={field}
    >
      <Form
        onSubmit={send}
        actions={
          <DialogActions>
            <Button onClick={onDone}>{strings.common.cancel}</Button>
            <SubmitButton disabled={body === ""}>{words.send}</SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.label} hint={words.hint}>
          <CommentField ref={field} text={text} onText={setText} />
        </Field>
      </Form>
    </Dialog>
  );
}

interface CommentFieldProps {
  ref: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
}

/** The field of the dialog. It is a component of its own, because the dialog shows its content later than itself. */
function CommentField({ ref, text, onText, ...field }: CommentFieldProps) {
  useEarlyTyping(ref, onText);
  return (
    <Textarea
      {...field}
      ref={ref}
      value={text}
      maxLength={5000}
      onChange={(event) => onText(event.currentTarget.value)}
      onKeyDown={sendByKeys}
    />
  );
}
