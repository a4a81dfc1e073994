import type { Connection, ConnectionKey } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { Tick } from "../../ui/forms/field.tsx";
import { Mark } from "../../ui/mark.tsx";
import { exactTimeOf } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "../access.module.css";
import { goConfirm } from "../../go-confirm.ts";
import { connectionKeysQuery } from "../queries.ts";

const text = access.deciding;

/** The anchor that the owner comes back to after confirming who they are. It opens the dialog again. */
const RETURN = "#let-it-decide";

/** Shows whether a connection votes, for whom and since when. Shows the switch to those who may use it. */
export function DecidingCard({ connection }: { connection: Connection }) {
  const me = useMe();
  const isOwner = me.id === connection.owner_id;
  const [isAsked, setAsked] = useState(isOwner && location.hash === RETURN);
  const { can_decide, can_decide_own } = connection;
  const isWhole = can_decide && can_decide_own;
  return (
    <Card
      title={text.title}
      actions={
        <Mark tone={can_decide ? "warn" : "neutral"}>{can_decide ? text.on : text.off}</Mark>
      }
    >
      <p>
        <UntrustedText text={summaryOf(connection, isOwner)} />
      </p>
      {can_decide && <p className="hint">{can_decide_own ? text.own : text.notOwn}</p>}
      {!isOwner && (
        <p className="hint">
          <UntrustedText text={text.whyNot(connection.owner_name)} />
        </p>
      )}
      <div className={styles.buttons}>
        {isOwner && !isWhole && (
          <Button onClick={() => setAsked(true)}>{can_decide ? text.allowOwn : text.allow}</Button>
        )}
        {can_decide && (isOwner || isAdmin(me)) && (
          <ConfirmButton
            kind="danger"
            title={text.stopTitle}
            verb={text.stop}
            onConfirm={async () => {
              await change(connection.id, { can_decide: false });
              toast(text.stopped);
            }}
          >
            {text.stopHint}
          </ConfirmButton>
        )}
      </div>
      {isOwner && (
        <AllowDialog
          key={String(can_decide)}
          connection={connection}
          isOpen={isAsked}
          onClose={() => setAsked(false)}
        />
      )}
    </Card>
  );
}

function summaryOf(connection: Connection, isOwner: boolean): string {
  const { can_decide, decides_since, decides_by, owner_name } = connection;
  if (!can_decide || decides_since === null) return text.asks;
  const since = exactTimeOf(decides_since);
  return text.votes(isOwner ? null : owner_name, since, decides_by === "command_line");
}

interface AllowProps {
  connection: Connection;
  isOpen: boolean;
  onClose: () => void;
}

/** Shows the consequences before the owner agrees: who votes from then on, and which keys end. */
function AllowDialog({ connection, isOpen, onClose }: AllowProps) {
  const { id, name, can_decide } = connection;
  const [isOwnToo, setOwnToo] = useState(can_decide);
  const keys = useQuery({ ...connectionKeysQuery(id), enabled: isOpen });
  const ending = (keys.data?.data ?? []).filter(endsThen);
  const allow = async () => {
    try {
      await change(id, { can_decide: true, can_decide_own: isOwnToo });
    } catch (error) {
      return goConfirm(error, RETURN);
    }
    toast(text.allowed);
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={can_decide ? text.allowOwnTitle : text.allowTitle}
      verb={can_decide ? text.allowOwn : text.allow}
      onConfirm={allow}
    >
      <div className={styles.form}>
        <p>
          <UntrustedText text={text.allowHint(name)} />
        </p>
        <p>{ending.length > 0 ? text.ending(ending.length) : text.noneEnds}</p>
        {ending.length > 0 && (
          <ul>
            {ending.map(({ id: keyId, prefix, last_four, made_by }) => (
              <li key={keyId}>
                <code>{`${prefix}…${last_four}`}</code>{" "}
                <UntrustedText text={text.madeBy(made_by?.name ?? null)} />
              </li>
            ))}
          </ul>
        )}
        <Tick
          label={text.ownToo}
          hint={text.ownTooHint}
          checked={isOwnToo}
          onChange={({ currentTarget }) => setOwnToo(currentTarget.checked)}
        />
      </div>
    </ConfirmDialog>
  );
}

const endsThen = ({ status, ends_with_deciding }: ConnectionKey): boolean =>
  ends_with_deciding && (status === "valid" || status === "inactive");

async function change(
  id: string,
  settings: { can_decide: boolean; can_decide_own?: boolean },
): Promise<void> {
  const saved = await api.updateConnection({ id, ...settings });
  queryClient.setQueryData(["connections", id], saved);
  await queryClient.invalidateQueries({ queryKey: ["connections"] });
}
