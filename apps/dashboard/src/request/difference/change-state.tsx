import type { DifferingChange } from "@sayso/client";
import { useState } from "react";
import { api, messageOf } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Mark, type Tone } from "../../ui/mark.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { useRereadRequest } from "../queries.ts";
import styles from "./difference.module.css";

const tones: Record<DifferingChange["state"], Tone> = {
  proposed: "neutral",
  applying: "info",
  applied: "good",
  failed: "bad",
  abandoned: "warn",
};

/** Shows the change that the approval makes, and its state. */
export function ChangeState({ requestId, change }: { requestId: string; change: DifferingChange }) {
  const { difference } = strings.request;
  const { made_for_version: made, current_version: now, applier } = change;
  return (
    <div className={styles.change}>
      <p>
        {difference.entity[change.action]} <UntrustedText text={change.entity_type} />{" "}
        <strong>
          <UntrustedText text={change.entity_name} />
        </strong>{" "}
        <span className="hint">
          (<UntrustedText text={change.entity_id} />
          {made > 0 && `, ${difference.version(made)}`}
          {change.entity_version !== null && ` → ${difference.version(change.entity_version)}`})
        </span>
      </p>
      {now !== null && now !== made && (
        <p role="status" className={styles.stale}>
          {difference.stale(made, now)}
        </p>
      )}
      {applier && (
        <p className="hint">
          {difference.attempts(applier.attempts)}
          {applier.status_code !== null && `, ${difference.answered(applier.status_code)}`}
          {applier.error !== null && (
            <>
              {": "}
              <UntrustedText text={applier.error} />
            </>
          )}
        </p>
      )}
      <Settle requestId={requestId} state={change.state} />
    </div>
  );
}

/** The change's state in a word or two. */
export const ChangeMark = ({ change }: { change: DifferingChange }) => (
  <Mark tone={tones[change.state]}>{strings.request.difference.states[change.state]}</Mark>
);

/** Buttons for an admin when an applier doesn't carry out an approved change: call it again, or abandon the change. */
function Settle({ requestId, state }: { requestId: string; state: DifferingChange["state"] }) {
  const { difference } = strings.request;
  const me = useMe();
  const reread = useRereadRequest(requestId);
  const [isBusy, setBusy] = useState(false);
  if (!isAdmin(me) || (state !== "failed" && state !== "applying")) return null;
  const settle = async (verb: "retryChange" | "abandonChange", done: string) => {
    setBusy(true);
    try {
      await api[verb]({ id: requestId });
      toast(done);
    } catch (error) {
      toast(messageOf(error), "bad");
    } finally {
      await reread();
      setBusy(false);
    }
  };
  return (
    <div className={styles.settle}>
      <Button
        size="small"
        isBusy={isBusy}
        onClick={() => void settle("retryChange", difference.retried)}
      >
        {difference.retry}
      </Button>
      <Button
        size="small"
        kind="danger"
        isBusy={isBusy}
        onClick={() => void settle("abandonChange", difference.abandoned)}
      >
        {difference.abandon}
      </Button>
    </div>
  );
}
