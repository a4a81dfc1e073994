import type { CreateTokenResult, PersonalToken } from "@sayso/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState, type FormEvent } from "react";
import { api, faultsOf, messageOf, queryClient } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { FormFault } from "../ui/field.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { Rows } from "../ui/table.tsx";
import { Time, useNow } from "../ui/time.tsx";
import { toast } from "../ui/toast.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./access.module.css";
import { ChoiceField, FactRow, SecretsDialog, TextField } from "./pieces.tsx";
import { tokensQuery, type Scope } from "./queries.ts";
import { ScopeList, ScopeTicks } from "./scope-ticks.tsx";

const text = strings.access.tokens;

/** Everybody's own tokens. */
export function TokensPage() {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<CreateTokenResult | null>(null);
  const query = useQuery(tokensQuery);
  return (
    <>
      <PageHeader
        title={text.title}
        lead={text.lead}
        actions={
          <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
            {text.create}
          </Button>
        }
      />
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title={text.emptyTitle} icon={<KeyRound aria-hidden />}>
              <p>{text.emptyHint}</p>
            </EmptyState>
          ) : (
            <TokenList tokens={data} />
          )
        }
      </Loaded>
      <Dialog isOpen={isMaking} onClose={() => setMaking(false)} title={text.create} shape="wide">
        <NewTokenForm
          onCancel={() => setMaking(false)}
          onMade={(token) => {
            setMade(token);
            setMaking(false);
          }}
        />
      </Dialog>
      <SecretsDialog
        title={text.madeTitle}
        lead={text.madeHint}
        done={text.copied}
        onClose={() => setMade(null)}
        secrets={made && [{ label: text.token, text: made.token }]}
      />
    </>
  );
}

function NewTokenForm(props: { onMade: (token: CreateTokenResult) => void; onCancel: () => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>([
    "approvals:read",
    "approvals:write",
    "comments:write",
  ]);
  const [minutes, setMinutes] = useState<number | null>(text.lifetimes[2][0]);
  const create = useMutation({
    mutationFn: () => api.createToken({ name, scopes, expires_in_minutes: minutes }),
    onSuccess: (token) => {
      void queryClient.invalidateQueries({ queryKey: ["tokens"] });
      props.onMade(token);
    },
  });
  const faults = faultsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <div className={styles.pair}>
        <TextField
          label={text.name}
          hint={text.nameHint}
          fault={faults.name}
          value={name}
          onChange={setName}
        />
        <ChoiceField
          label={text.lifetime}
          fault={faults.expires_in_minutes}
          value={minutes}
          options={text.lifetimes}
          onChange={setMinutes}
        />
      </div>
      <ScopeTicks legend={text.scopes} chosen={scopes} fault={faults.scopes} onChange={setScopes} />
      {create.isError && Object.keys(faults).length === 0 && (
        <FormFault>{messageOf(create.error)}</FormFault>
      )}
      <DialogActions>
        <Button onClick={props.onCancel}>{strings.common.cancel}</Button>
        <Button type="submit" kind="primary" isBusy={create.isPending}>
          {text.create}
        </Button>
      </DialogActions>
    </form>
  );
}

function TokenList({ tokens }: { tokens: readonly PersonalToken[] }) {
  const [asked, setAsked] = useState<PersonalToken | null>(null);
  const now = useNow();
  const isLiving = ({ revoked_at, expires_at }: PersonalToken) =>
    revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);
  const past = tokens.filter((token) => !isLiving(token));
  return (
    <Card>
      <Rows>
        {tokens.filter(isLiving).map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={() => setAsked(token)} />
        ))}
      </Rows>
      {past.length > 0 && (
        <details className={styles.past}>
          <summary>{text.past(past.length)}</summary>
          <Rows>
            {past.map((token) => (
              <TokenRow key={token.id} token={token} />
            ))}
          </Rows>
        </details>
      )}
      <ConfirmDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={text.revokeTitle}
        verb={text.revoke}
        onConfirm={async () => {
          if (asked) await api.revokeToken({ id: asked.id });
          await queryClient.invalidateQueries({ queryKey: ["tokens"] });
          toast(text.revoked);
        }}
      >
        <p>{text.revokeHint}</p>
      </ConfirmDialog>
    </Card>
  );
}

function TokenRow({ token, onRevoke }: { token: PersonalToken; onRevoke?: () => void }) {
  const { name, prefix, last_four, scopes, expires_at, revoked_at, last_used_at } = token;
  const end = revoked_at ?? expires_at;
  const word = onRevoke ? text.ends : revoked_at === null ? text.ended : text.revokedWord;
  return (
    <FactRow
      title={
        <>
          <UntrustedText text={name} />
          <code>
            {prefix}…{last_four}
          </code>
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
        end === null ? (
          text.neverEnds
        ) : (
          <>
            {word} <Time at={end} />
          </>
        ),
        <ScopeList key="scopes" scopes={scopes} />,
      ]}
      actions={
        onRevoke && (
          <Button size="small" kind="danger" aria-label={text.revokeOf(name)} onClick={onRevoke}>
            {text.revoke}
          </Button>
        )
      }
    />
  );
}
