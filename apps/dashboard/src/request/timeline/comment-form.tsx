import { useRef, useState, type KeyboardEvent, type RefObject, type SyntheticEvent } from "react";
import { api, messageOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Field, Textarea } from "../../ui/field.tsx";
import { useRereadRequest } from "../queries.ts";
import styles from "./timeline.module.css";

/** As the server takes it. */
const BODY_MAX = 5000;

interface CommentFormProps {
  requestId: string;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** Says something without deciding. */
export function CommentForm({ requestId, field }: CommentFormProps) {
  const { timeline } = strings.request;
  const [body, setBody] = useState("");
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isUnderWay = useRef(false);
  const reread = useRereadRequest(requestId);
  const send = async () => {
    if (isUnderWay.current) return;
    if (body.trim() === "") return setFault(timeline.empty);
    isUnderWay.current = true;
    setBusy(true);
    setFault(undefined);
    try {
      await api.createComment({ id: requestId, body });
      setBody("");
      await reread();
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void send();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
    if (event.key === "Escape") field.current?.blur();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field label={timeline.comment} hint={timeline.commentHint} fault={fault}>
        <Textarea
          ref={field}
          value={body}
          maxLength={BODY_MAX}
          onChange={(event) => setBody(event.target.value)}
          onKeyDown={press}
        />
      </Field>
      <Button type="submit" isBusy={isBusy}>
        {timeline.send}
      </Button>
    </form>
  );
}
