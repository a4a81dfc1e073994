import { useState, type KeyboardEvent, type RefObject } from "react";
import { api, messageOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Field, Textarea } from "../../ui/forms/field.tsx";
import { Form, sendByKeys, SubmitButton } from "../../ui/forms/form.tsx";
import { useRereadRequest } from "../queries.ts";
import styles from "./timeline.module.css";

/** The greatest length of a comment that the server accepts. */
const BODY_MAX = 5000;

interface CommentFormProps {
  requestId: string;
  field: RefObject<HTMLTextAreaElement | null>;
}

/** Comments on a request without deciding it. */
export function CommentForm({ requestId, field }: CommentFormProps) {
  const { timeline } = strings.request;
  const [body, setBody] = useState("");
  const [fault, setFault] = useState<string>();
  const reread = useRereadRequest(requestId);
  const send = async () => {
    if (body.trim() === "") return setFault(timeline.empty);
    setFault(undefined);
    try {
      await api.createComment({ id: requestId, body });
      setBody("");
      await reread();
    } catch (error) {
      setFault(messageOf(error));
    }
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    sendByKeys(event);
    if (event.key === "Escape") field.current?.blur();
  };
  return (
    <Form className={styles.form} onSubmit={send}>
      <Field label={timeline.comment} hint={timeline.commentHint} fault={fault}>
        <Textarea
          ref={field}
          value={body}
          maxLength={BODY_MAX}
          onChange={(event) => setBody(event.target.value)}
          onKeyDown={press}
        />
      </Field>
      <SubmitButton kind="plain">{timeline.send}</SubmitButton>
    </Form>
  );
}
