import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.ts";
import { emergencyStopQuery } from "../shell/stop-banner.tsx";
import { strings } from "../strings/index.ts";
import { CancelButton, Dialog, DialogActions } from "../ui/dialogs/dialog.tsx";
import { Field, Input, Textarea } from "../ui/forms/field.tsx";
import { Form, SubmitButton } from "../ui/forms/form.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import styles from "./stop.module.css";

const words = strings.organization.settings;

/** Shows the consequences of a stop, asks for a reason, and stops only after the person has typed the word. */
export function StopDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const isArmed = typed.trim().toUpperCase() === words.stopWord;
  const stop = async () => {
    if (!isArmed) return;
    const active = await api.setEmergencyStop({
      active: true,
      ...(reason.trim() && { reason: reason.trim() }),
    });
    client.setQueryData(emergencyStopQuery.queryKey, active);
    toast(words.stopped, "note");
    onClose();
    await client.invalidateQueries();
  };
  return (
    <Dialog isOpen onClose={onClose} title={words.stopTitle}>
      <ul className={styles.consequences}>
        {words.stopConsequences.map((consequence) => (
          <li key={consequence}>{consequence}</li>
        ))}
      </ul>
      <Form
        onSubmit={stop}
        actions={
          <DialogActions>
            <CancelButton onClick={onClose} />
            <SubmitButton className={styles.stop} kind="danger" disabled={!isArmed}>
              {words.stopNow}
            </SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.stopReason} hint={words.stopReasonHint} name="reason" isOptional>
          <Textarea
            value={reason}
            maxLength={2000}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Field>
        <Field
          label={words.stopType(words.stopWord)}
          hint={<span aria-live="polite">{isArmed ? words.stopArmed : words.stopNotArmed}</span>}
        >
          <Input
            value={typed}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
