import type { CreateTokenResult, PersonalToken } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, queryClient } from "../api.ts";
import { access } from "../strings/access.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/dialogs/confirm-dialog.tsx";
import { CancelButton, Dialog, DialogActions } from "../ui/dialogs/dialog.tsx";
import { Form, SubmitButton } from "../ui/forms/form.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { Time, useNow } from "../ui/time.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./access.module.css";
import { goConfirm } from "../go-confirm.ts";
import { SecretsDialog } from "./secrets-dialog.tsx";
import { ChoiceField, TextField } from "./choice-fields.tsx";
import { FactRow, RowsAndPast } from "./fact-row.tsx";
import { tokensQuery, type Scope } from "./queries.ts";
import { allScopes, ScopeList, ScopeTicks } from "./scope-ticks.tsx";

const text = access.tokens;

/** The page of the signed-in person's personal tokens. */
export function TokensPage() {
  const [typed] = useState(readTyped);
  const [isMaking, setMaking] = useState(typed !== null);
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
          typed={typed}
          onCancel={() => setMaking(false)}
          onMade={(token) => {
            setMade(token);
            setMaking(false);
          }}
        />
      </Dialog>
      <SecretsDialog
        title={text.createdTitle}
        lead={text.createdHint}
        done={text.copied}
        onClose={() => setMade(null)}
        secrets={made && [{ label: text.token, text: made.token }]}
      />
    </>
  );
}

interface Typed {
  name: string;
  scopes: Scope[];
  minutes: number | null;
}

const RETURN = "#new-token?";

/**
 * Returns an anchor that holds the typed values, so that they are back after the person has confirmed who they are.
 */
const returnTo = ({ name, scopes, minutes }: Typed): string =>
  RETURN +
  new URLSearchParams({ name, scopes: scopes.join(" "), minutes: String(minutes) }).toString();

function readTyped(): Typed | null {
  if (!location.hash.startsWith(RETURN)) return null;
  const given = new URLSearchParams(location.hash.slice(RETURN.length));
  const scopes = given.get("scopes")?.split(" ") ?? [];
  return {
    name: given.get("name") ?? "",
    scopes: allScopes.filter((scope) => scopes.includes(scope)),
    minutes:
      text.lifetimes.find(([minutes]) => String(minutes) === given.get("minutes"))?.[0] ?? null,
  };
}

interface NewTokenProps {
  typed: Typed | null;
  onMade: (token: CreateTokenResult) => void;
  onCancel: () => void;
}

function NewTokenForm({ typed, ...props }: NewTokenProps) {
  const [name, setName] = useState(typed?.name ?? "");
  const [scopes, setScopes] = useState<Scope[]>(
    typed?.scopes ?? ["approvals:read", "approvals:write", "comments:write"],
  );
  const [minutes, setMinutes] = useState<number | null>(
    typed ? typed.minutes : text.lifetimes[2][0],
  );
  const create = async () => {
    const token = await api
      .createToken({ name, scopes, expires_in_minutes: minutes })
      .catch((error: unknown) => goConfirm(error, returnTo({ name, scopes, minutes })));
    if (!token) return;
    void queryClient.invalidateQueries({ queryKey: ["tokens"] });
    props.onMade(token);
  };
  return (
    <Form
      onSubmit={create}
      actions={
        <DialogActions>
          <CancelButton onClick={props.onCancel} />
          <SubmitButton>{text.create}</SubmitButton>
        </DialogActions>
      }
    >
      <div className={styles.pair}>
        <TextField
          label={text.name}
          hint={text.nameHint}
          name="name"
          value={name}
          onChange={setName}
        />
        <ChoiceField
          label={text.lifetime}
          name="expires_in_minutes"
          value={minutes}
          options={text.lifetimes}
          onChange={setMinutes}
        />
      </div>
      <ScopeTicks legend={text.scopes} chosen={scopes} onChange={setScopes} />
    </Form>
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
      <RowsAndPast
        living={tokens.filter(isLiving).map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={() => setAsked(token)} />
        ))}
        past={past.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
        summary={text.past(past.length)}
      />
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
  const word = onRevoke ? text.expires : revoked_at === null ? text.expired : text.revokedWord;
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
          text.neverExpires
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
