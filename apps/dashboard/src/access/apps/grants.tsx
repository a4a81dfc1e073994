import type { Grant } from "@sayso/client";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { FactRow } from "../fact-row.tsx";
import { ScopeList } from "../scope-ticks.tsx";

const text = access.apps;

interface GrantsProps {
  grants: readonly Grant[];
  /** The name of each line: the app, the person, or the app for the person. */
  by: "app" | "person" | "both";
}

/** Lists grants, each with a button that revokes it. */
export function Grants({ grants, by }: GrantsProps) {
  const [asked, setAsked] = useState<Grant | null>(null);
  return (
    <>
      <Rows>
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} by={by} onRevoke={() => setAsked(grant)} />
        ))}
      </Rows>
      <ConfirmDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={text.revokeTitle}
        verb={text.revoke}
        onConfirm={async () => {
          if (asked) await api.revokeGrant({ id: asked.id });
          await Promise.all(
            ["grants", "apps"].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
          );
          toast(text.revoked);
        }}
      >
        <UntrustedText text={text.revokeHint(asked?.app_name ?? "")} />
      </ConfirmDialog>
    </>
  );
}

function GrantRow(props: { grant: Grant; by: GrantsProps["by"]; onRevoke: () => void }) {
  const { grant, by, onRevoke } = props;
  const app = <UntrustedText text={grant.app_name} />;
  const person = <UntrustedText text={grant.person_name} />;
  return (
    <FactRow
      title={
        <>
          {by === "person" ? person : app}
          {by === "both" && (
            <span className="hint">
              {text.for} {person}
            </span>
          )}
          {by !== "person" && grant.preset !== null && (
            <Mark>{text.platforms[grant.preset].name}</Mark>
          )}
        </>
      }
      facts={[
        <>
          {text.connected} <Time at={grant.created_at} />
        </>,
        grant.last_used_at === null ? (
          text.neverUsed
        ) : (
          <>
            {text.used} <Time at={grant.last_used_at} />
          </>
        ),
        <ScopeList key="scopes" scopes={grant.scopes} />,
      ]}
      actions={
        <Button
          size="small"
          kind="danger"
          aria-label={text.revokeOf(grant.app_name, grant.person_name)}
          onClick={onRevoke}
        >
          {text.revoke}
        </Button>
      }
    />
  );
}
