import type { App, RotateAppSecretResult } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { CopyLine } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { exactTimeOf, Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "../access.module.css";
import { AdminsOnly } from "../admins-only.tsx";
import { AppSettings } from "./app-settings.tsx";
import { Grants } from "./grants.tsx";
import { goConfirm } from "../../go-confirm.ts";
import { SecretsDialog } from "../secrets-dialog.tsx";
import { Definitions } from "../fact-row.tsx";
import { appQuery, grantsQuery } from "../queries.ts";
import { ScopeList } from "../scope-ticks.tsx";

const text = access.apps;

/** The page of one app: its registration, and its grants. */
export function AppPage() {
  const { id } = useParams({ from: "/apps/$id" });
  return isAdmin(useMe()) ? (
    <ShownApp key={id} id={id} />
  ) : (
    <>
      <PageHeader title={text.title} />
      <AdminsOnly />
    </>
  );
}

function ShownApp({ id }: { id: string }) {
  const query = useQuery(appQuery(id));
  const app = query.data;
  return (
    <>
      <PageHeader
        title={app?.name ?? text.title}
        shown={app && <UntrustedText text={app.name} />}
        above={<Link to="/apps">{text.back}</Link>}
        actions={app && app.preset !== null && <Mark>{text.platforms[app.preset].name}</Mark>}
      />
      <Loaded query={query} skeleton={<Skeleton lines={3} height="9rem" />}>
        {(loaded) => (
          <>
            <Registration app={loaded} />
            <Card title={text.settingsToCopy}>
              <AppSettings app={loaded} />
            </Card>
            <WhoAllowed id={id} />
            <DeleteApp app={loaded} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Registration({ app }: { app: App }) {
  const [made, setMade] = useState<RotateAppSecretResult | null>(null);
  const hasSecret = app.kind === "web";
  return (
    <Card
      title={text.about}
      actions={
        hasSecret && (
          <ConfirmButton
            size="small"
            title={text.rotateTitle}
            verb={text.rotate}
            onConfirm={async () => {
              const rotated = await api.rotateAppSecret({ id: app.id }).catch(goConfirm);
              if (!rotated) return;
              setMade(rotated);
              void queryClient.invalidateQueries({ queryKey: ["apps"] });
            }}
          >
            <p>{text.rotateHint}</p>
          </ConfirmButton>
        )
      }
    >
      <Definitions
        of={[
          [text.clientId, <CopyLine key="id" text={app.id} label={text.clientId} />],
          [text.secret, hasSecret ? <SecretFact app={app} /> : text.noSecret],
          [text.addresses, <Addresses key="addresses" of={app.redirect_uris} />],
          [text.scopes, <ScopeList key="scopes" scopes={app.scopes} />],
          [text.clientCredentials, app.allows_client_credentials ? strings.common.yes : null],
          [
            text.actsThrough,
            <Link key="through" to="/connections/$id" params={{ id: app.connection_id }}>
              {text.itsConnection}
            </Link>,
          ],
        ]}
      />
      <SecretsDialog
        title={text.newSecret}
        lead={text.createdHint}
        done={text.copied}
        onClose={() => setMade(null)}
        secrets={made && [{ label: text.clientSecret, text: made.client_secret }]}
      >
        {made && (
          <p>
            {text.oldUntil} {exactTimeOf(made.old_secret_expires_at)}.
          </p>
        )}
      </SecretsDialog>
    </Card>
  );
}

const SecretFact = ({ app }: { app: App }) => (
  <>
    {text.secretEnds(app.secret_last_four ?? "")}
    {app.previous_secret_until !== null && (
      <span className="hint">
        {"; "}
        {text.oldSecretUntil} <Time at={app.previous_secret_until} as="exact" />
      </span>
    )}
  </>
);

const Addresses = ({ of }: { of: readonly string[] }) =>
  of.length === 0 ? (
    text.noAddress
  ) : (
    <ul>
      {of.map((uri) => (
        <li key={uri}>
          <code>
            <UntrustedText text={uri} />
          </code>
        </li>
      ))}
    </ul>
  );

function WhoAllowed({ id }: { id: string }) {
  const query = useQuery(grantsQuery("organization", id));
  return (
    <Card title={text.authorizations}>
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="hint">{text.nobody}</p>
          ) : (
            <Grants grants={data} by="person" />
          )
        }
      </Loaded>
    </Card>
  );
}

function DeleteApp({ app }: { app: App }) {
  const navigate = useNavigate();
  return (
    <Card title={text.delete}>
      <div className={styles.danger}>
        <p className="hint">{text.dangerHint}</p>
        <ConfirmButton
          kind="danger"
          title={text.deleteTitle}
          verb={text.delete}
          onConfirm={async () => {
            await api.deleteApp({ id: app.id });
            await navigate({ to: "/apps" });
            queryClient.removeQueries({ queryKey: ["apps", app.id] });
            for (const key of ["apps", "grants", "connections"])
              void queryClient.invalidateQueries({ queryKey: [key] });
            toast(text.deleted);
          }}
        >
          <UntrustedText text={text.deleteHint(app.name)} />
        </ConfirmButton>
      </div>
    </Card>
  );
}
