import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, messageOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Textarea } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import type { Item } from "./queries.ts";

/** Says something about a request without opening it. */
export function CommentDialog({ item, onDone }: { item: Item; onDone: () => void }) {
  const { comment: words } = strings.inbox;
  const [text, setText] = useState("");
  // Of two keys within one frame the second finds the state of the first one's.
  const isUnderWay = useRef(false);
  const sending = useMutation({
    mutationFn: () => api.createComment({ id: item.id, body: text.trim() }),
    onSuccess: () => {
      toast(words.sent);
      onDone();
    },
    onError: () => {
      isUnderWay.current = false;
    },
  });
  const isEmpty = text.trim() === "";
  return (
    <Dialog isOpen onClose={onDone} title={words.title} lead={<UntrustedText text={item.title} />}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isEmpty || isUnderWay.current) return;
          isUnderWay.current = true;
          sending.mutate();
        }}
      >
        <Field label={words.label} hint={words.hint}>
          <Textarea
            value={text}
            maxLength={5000}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.repeat || event.key !== "Enter" || !(event.metaKey || event.ctrlKey))
                return;
              event.currentTarget.form?.requestSubmit();
            }}
          />
        </Field>
        {sending.isError && <FormFault>{messageOf(sending.error)}</FormFault>}
        <DialogActions>
          <Button onClick={onDone}>{strings.common.cancel}</Button>
          <Button kind="primary" type="submit" disabled={isEmpty} isBusy={sending.isPending}>
            {words.send}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
