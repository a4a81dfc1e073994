import type { EmergencyStop } from "@sayso/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { OctagonX } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import { emergencyStopQuery } from "../shell/stop-banner.tsx";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmButton } from "../ui/dialogs/confirm-button.tsx";
import { Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { membersQuery } from "./queries.ts";
import { StopDialog } from "./stop-dialog.tsx";
import styles from "./stop.module.css";

const words = strings.organization.settings;

/** Starts or lifts the emergency stop, each after a dialog that shows the consequences. */
export function StopCard() {
  const query = useQuery(emergencyStopQuery);
  return (
    <Card
      title={
        <span className={styles.title}>
          <OctagonX aria-hidden />
          {words.stop}
        </span>
      }
    >
      <Loaded query={query}>
        {(stop) => (stop.active ? <Stopped stop={stop} /> : <NotStopped />)}
      </Loaded>
    </Card>
  );
}

function NotStopped() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <p>{words.stopText}</p>
      <div>
        <Button kind="danger" onClick={() => setOpen(true)}>
          {words.stopOpen}
        </Button>
      </div>
      {isOpen && <StopDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function Stopped({ stop }: { stop: EmergencyStop }) {
  const client = useQueryClient();
  const members = useQuery(membersQuery);
  const by = members.data?.data.find(({ id }) => id === stop.activated_by)?.name;
  const lift = async () => {
    const lifted = await api.setEmergencyStop({ active: false });
    client.setQueryData(emergencyStopQuery.queryKey, lifted);
    toast(words.lifted);
    await client.invalidateQueries();
  };
  return (
    <>
      <p>
        <strong>{words.stopActive}</strong>
        {stop.activated_at !== null && (
          <>
            , {words.stopSince} <Time at={stop.activated_at} as="exact" />
          </>
        )}{" "}
        {by !== undefined && <UntrustedText text={words.stopBy(by)} />}
      </p>
      {stop.reason !== null && (
        <blockquote className={styles.reason}>
          <UntrustedText text={stop.reason} isBlock />
        </blockquote>
      )}
      <div>
        <ConfirmButton kind="primary" title={words.liftTitle} verb={words.lift} onConfirm={lift}>
          <p>{words.liftText}</p>
        </ConfirmButton>
      </div>
    </>
  );
}
