import type { GoalsKey, GoalsScope } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { callOf } from "../commands.ts";
import { GoalsTabs } from "../goals-tabs.tsx";
import { NewGoalsKey } from "./new-goals-key.tsx";
import { goalsKeysQuery, refreshGoals } from "../queries.ts";
import { useDialog } from "../use-dialog.ts";
import styles from "../rows.module.css";

/** The page of the keys that let other programs read goals or report to them. Only admins see them. */
export function GoalsKeysPage() {
  const { keys: texts, tabs } = strings.goals;
  const mayManage = isAdmin(useMe());
  const dialog = useDialog<"make">();
  return (
    <>
      <PageHeader
        title={tabs.keys}
        lead={texts.lead}
        actions={
          mayManage && (
            <Button kind="primary" icon={<Plus aria-hidden />} onClick={dialog.open("make")}>
              {texts.create}
            </Button>
          )
        }
      />
      <GoalsTabs />
      {mayManage ? <Keys /> : <p className="hint">{texts.onlyAdmins}</p>}
      <NewGoalsKey {...dialog.of("make")} />
    </>
  );
}

function Keys() {
  const { keys: texts } = strings.goals;
  const query = useQuery(goalsKeysQuery);
  const [revoking, setRevoking] = useState<string>();
  return (
    <Loaded query={query}>
      {(keys) => {
        const living = keys.filter(({ revoked_at }) => revoked_at === null);
        const revoked = keys.filter(({ revoked_at }) => revoked_at !== null);
        return (
          <>
            {living.length === 0 ? (
              <NoKeys />
            ) : (
              <Card>
                <KeyRows keys={living} onRevoke={setRevoking} />
              </Card>
            )}
            {revoked.length > 0 && (
              <details className={styles.past}>
                <summary>{texts.past(revoked.length)}</summary>
                <KeyRows keys={revoked} />
              </details>
            )}
            <ConfirmDialog
              isOpen={revoking !== undefined}
              onClose={() => setRevoking(undefined)}
              title={texts.revokeDialog}
              verb={texts.revoke}
              onConfirm={async () => {
                await api.revokeGoalsKey({ id: revoking ?? "" });
                toast(texts.revokedToast);
                await refreshGoals();
              }}
            >
              <p>{texts.revokeHint}</p>
            </ConfirmDialog>
          </>
        );
      }}
    </Loaded>
  );
}

interface KeyRowsProps {
  keys: readonly GoalsKey[];
  onRevoke?: (id: string) => void;
}

const KeyRows = ({ keys, onRevoke }: KeyRowsProps) => (
  <Rows>
    {keys.map((key) => (
      <li key={key.id}>
        <KeyRow goalsKey={key} onRevoke={onRevoke} />
      </li>
    ))}
  </Rows>
);

function KeyRow({
  goalsKey: key,
  onRevoke,
}: {
  goalsKey: GoalsKey;
  onRevoke?: (id: string) => void;
}) {
  const { keys: texts } = strings.goals;
  return (
    <div className={styles.row}>
      <div className={styles.what}>
        <p>
          <strong>
            <UntrustedText text={key.name} />
          </strong>{" "}
          <code>
            {key.prefix}…{key.last_four}
          </code>
        </p>
        <p className="hint">
          {key.revoked_at !== null ? (
            <>
              {texts.revoked} <Time at={key.revoked_at} />
            </>
          ) : key.last_used_at === null ? (
            texts.neverUsed
          ) : (
            <>
              {texts.used} <Time at={key.last_used_at} />
            </>
          )}
          {" · "}
          <UntrustedText text={texts.ownedBy(key.owner_name)} />
        </p>
        <p className={styles.marks}>
          {key.scopes.map((scope: GoalsScope) => (
            <Mark key={scope}>{scope}</Mark>
          ))}
        </p>
      </div>
      {onRevoke && (
        <Button
          size="small"
          kind="danger"
          aria-label={texts.revokeOf(plainLine(key.name))}
          onClick={() => onRevoke(key.id)}
        >
          {texts.revoke}
        </Button>
      )}
    </div>
  );
}

function NoKeys() {
  const { keys: texts } = strings.goals;
  return (
    <EmptyState
      title={texts.none}
      icon={<KeyRound aria-hidden />}
      actions={<CopyBlock text={callOf("GET", "/api/v1/okrs")} label={texts.command} />}
    >
      <p>{texts.noneHint}</p>
    </EmptyState>
  );
}
