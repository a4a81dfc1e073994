import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import styles from "../access.module.css";
import { ChoiceField } from "../choice-fields.tsx";

const text = access.deliveries;
const HOUR_MS = 3_600_000;

/** Sends again the deliveries that were given up since a chosen time. */
export function RedeliverDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [hours, setHours] = useState<number>(text.sinces[1][0]);
  const redeliver = async () => {
    const since = new Date(Date.now() - hours * HOUR_MS);
    const { replayed } = await api.replayDeliveries({ failed_since: since.toISOString() });
    await queryClient.invalidateQueries({ queryKey: ["deliveries"] });
    toast(text.redelivered(replayed), replayed === 0 ? "note" : "good");
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={text.redeliverTitle}
      verb={text.redeliverVerb}
      kind="primary"
      onConfirm={redeliver}
    >
      <div className={styles.form}>
        <p>{text.redeliverHint}</p>
        <ChoiceField label={text.since} value={hours} options={text.sinces} onChange={setHours} />
      </div>
    </ConfirmDialog>
  );
}
