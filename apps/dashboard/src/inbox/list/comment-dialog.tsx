import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { Form, sendByKeys, SubmitButton } from "../../ui/forms/form.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { Item } from "../queries.ts";

/** Comments on a request without opening it. */
export function CommentDialog({ item, onDone }: { item: Item; onDone: () => void }) {
  const { comment: words } = strings.inbox;
  const [text, setText] = useState("");
  const body = text.trim();
  const send = async () => {
    if (body === "") return;
    await api.createComment({ id: item.id, body });
    toast(words.sent);
    onDone();
  };
  return (
    <Dialog isOpen onClose={onDone} title={words.title} lead={<UntrustedText text={item.title} />}>
      <Form
        onSubmit={send}
        actions={
          <DialogActions>
            <CancelButton onClick={onDone} />
            <SubmitButton disabled={body === ""}>{words.send}</SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.label} hint={words.hint}>
          <Textarea
            value={text}
            maxLength={5000}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={sendByKeys}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
