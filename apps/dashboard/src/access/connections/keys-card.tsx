import type { Connection, ConnectionKey } from "@sayso/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, messageOf, queryClient } from "../../api.ts";
import { useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { Mark, type Tone } from "../../ui/mark.tsx";
import { Loaded } from "../../ui/states.tsx";
import { exactTimeOf, Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "../access.module.css";
import { goConfirm } from "../../go-confirm.ts";
import { SecretsDialog, type Secret } from "../secrets-dialog.tsx";
import { ChoiceField } from "../choice-fields.tsx";
import { FactRow, RowsAndPast } from "../fact-row.tsx";
import { connectionKeysQuery } from "../queries.ts";

const text = access.connections;
const tones: Record<ConnectionKey["status"], Tone> = {
  valid: "good",
  expired: "neutral",
  revoked: "neutral",
  inactive: "warn",
};

/** A secret that is shown once, with a title and a note. */
interface Shown {
  title: string;
  secret: Secret;
  note?: string;
}

type Asked = "rotate" | "rotateSecret" | null;

/**
 * Lists a connection's keys, each with a button that ends it. The connection's owner can add a key or replace them all.
 */
export function KeysCard({ connection }: { connection: Connection }) {
  const { id, owner_id, owner_name } = connection;
  const query = useQuery(connectionKeysQuery(id));
  const isOwner = useMe().id === owner_id;
  return (
    <Card title={text.keys} actions={isOwner && <KeyMaker id={id} />}>
      <p className="hint">
        {isOwner ? text.keysHint : <UntrustedText text={text.onlyOwner(owner_name)} />}
      </p>
      <Loaded query={query}>{({ data }) => <KeyList keys={data} connectionId={id} />}</Loaded>
    </Card>
  );
}

/** Makes another key, a key in place of all others, or another webhook secret. Shows the result once. */
function KeyMaker({ id }: { id: string }) {
  const [shown, setShown] = useState<Shown | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const add = useMutation({
    mutationFn: () => api.createConnectionKey({ id }),
    onSuccess: async ({ api_key }) => {
      setShown({ title: text.newKeyTitle, secret: { label: text.apiKey, text: api_key } });
      await queryClient.invalidateQueries({ queryKey: ["connections"] });
    },
    onError: (error) => {
      try {
        goConfirm(error);
      } catch {
        toast(messageOf(error), "bad");
      }
    },
  });
  return (
    <div className={styles.buttons}>
      <Button size="small" isBusy={add.isPending} onClick={() => add.mutate()}>
        {text.newKey}
      </Button>
      <Button size="small" onClick={() => setAsked("rotate")}>
        {text.rotate}
      </Button>
      <Button size="small" onClick={() => setAsked("rotateSecret")}>
        {text.rotateSecret}
      </Button>
      <RotateKeyDialog id={id} isOpen={asked === "rotate"} onClose={close} onMade={setShown} />
      <RotateSecretDialog
        id={id}
        isOpen={asked === "rotateSecret"}
        onClose={close}
        onMade={setShown}
      />
      <SecretsDialog
        title={shown?.title ?? ""}
        lead={text.createdHint}
        done={text.copied}
        secrets={shown && [shown.secret]}
        onClose={() => setShown(null)}
      >
        {shown?.note !== undefined && <p>{shown.note}</p>}
      </SecretsDialog>
    </div>
  );
}

interface RotateProps {
  id: string;
  isOpen: boolean;
  onClose: () => void;
  onMade: (shown: Shown) => void;
}

function RotateKeyDialog({ id, isOpen, onClose, onMade }: RotateProps) {
  const [grace, setGrace] = useState<number>(text.graces[0][0]);
  const rotate = async () => {
    const made = await api.rotateKey({ id, grace_minutes: grace }).catch(goConfirm);
    if (!made) return;
    const until = made.old_key_expires_at;
    const isOver = until === null || grace === 0;
    onMade({
      title: text.newKeyTitle,
      secret: { label: text.apiKey, text: made.api_key },
      note: isOver ? text.oldKeysEnded : `${text.oldKeysUntil} ${exactTimeOf(until)}.`,
    });
    void queryClient.invalidateQueries({ queryKey: ["connections"] });
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={text.rotateTitle}
      verb={text.rotate}
      kind="primary"
      onConfirm={rotate}
    >
      <div className={styles.form}>
        <p>{text.rotateHint}</p>
        <ChoiceField label={text.grace} value={grace} options={text.graces} onChange={setGrace} />
      </div>
    </ConfirmDialog>
  );
}

function RotateSecretDialog({ id, isOpen, onClose, onMade }: RotateProps) {
  const rotate = async () => {
    const made = await api.rotateWebhookSecret({ id });
    onMade({
      title: text.webhookSecret,
      secret: { label: text.webhookSecret, text: made.webhook_secret },
      note: `${text.secretUntil} ${exactTimeOf(made.old_secret_expires_at)}.`,
    });
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={text.rotateSecretTitle}
      verb={text.rotateSecret}
      kind="primary"
      onConfirm={rotate}
    >
      <p>{text.rotateSecretHint}</p>
    </ConfirmDialog>
  );
}

function KeyList({ keys, connectionId }: { keys: ConnectionKey[]; connectionId: string }) {
  const [asked, setAsked] = useState<ConnectionKey | null>(null);
  const isLiving = ({ status }: ConnectionKey) => status === "valid" || status === "inactive";
  const [living, past] = [keys.filter(isLiving), keys.filter((key) => !isLiving(key))];
  return (
    <>
      <RowsAndPast
        living={living.map((key) => (
          <KeyRow key={key.id} of={key} onRevoke={() => setAsked(key)} />
        ))}
        past={past.map((key) => (
          <KeyRow key={key.id} of={key} />
        ))}
        summary={text.pastKeys(past.length)}
      />
      <ConfirmDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={text.revokeTitle}
        verb={text.revoke}
        onConfirm={async () => {
          if (asked) await api.revokeConnectionKey({ id: connectionId, keyId: asked.id });
          await queryClient.invalidateQueries({ queryKey: ["connections"] });
          toast(text.revoked);
        }}
      >
        <p>{text.revokeHint}</p>
      </ConfirmDialog>
    </>
  );
}

function KeyRow({ of, onRevoke }: { of: ConnectionKey; onRevoke?: () => void }) {
  const { prefix, last_four, status, expires_at, revoked_at, last_used_at, made_by } = of;
  const name = `${prefix}…${last_four}`;
  const endedAt = revoked_at ?? (status === "expired" ? expires_at : null);
  return (
    <FactRow
      title={
        <>
          <code>{name}</code>
          <Mark tone={tones[status]}>{text.keyStatus[status]}</Mark>
        </>
      }
      facts={[
        last_used_at === null ? (
          text.neverUsed
        ) : (
          <>
            {text.used} <Time at={last_used_at} />
          </>
        ),
        made_by !== null && (
          <>
            {text.createdBy} <UntrustedText text={made_by.name} />
          </>
        ),
        endedAt !== null && (
          <>
            {text.ended} <Time at={endedAt} />
            {of.revoked_reason === "not_made_by_owner" && `: ${text.notCreatedByOwner}`}
          </>
        ),
        endedAt === null && expires_at !== null && (
          <>
            {text.expires} <Time at={expires_at} />
          </>
        ),
      ]}
      actions={
        onRevoke && (
          <Button size="small" kind="danger" aria-label={text.revokeKey(name)} onClick={onRevoke}>
            {text.revoke}
          </Button>
        )
      }
    />
  );
}
