import { SaysoError, type Connection } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { api, queryClient } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "../access.module.css";
import { AdminsOnly } from "../admins-only.tsx";
import { CallLog } from "./call-log.tsx";
import { ConnectionSettings } from "./connection-settings.tsx";
import { KeysCard } from "./keys-card.tsx";
import { DecidingCard } from "./deciding-card.tsx";
import { connectionQuery } from "../queries.ts";
import { UsageCard } from "./usage-card.tsx";

const text = access.connections;

/** The page of one connection: its usage, keys, calls and settings. An owner who is no admin sees less. */
export function ConnectionPage() {
  const { id } = useParams({ from: "/connections/$id" });
  return <ShownConnection key={id} id={id} />;
}

function HiddenConnection() {
  return (
    <>
      <PageHeader title={text.title} />
      <AdminsOnly />
    </>
  );
}

function ShownConnection({ id }: { id: string }) {
  const query = useQuery(connectionQuery(id));
  const connection = query.data;
  const administers = isAdmin(useMe());
  if (query.error instanceof SaysoError && query.error.status === 403) return <HiddenConnection />;
  return (
    <>
      <PageHeader
        title={connection?.name ?? text.title}
        shown={connection && <UntrustedText text={connection.name} />}
        above={administers && <Link to="/connections">{text.back}</Link>}
        actions={connection && <Marks connection={connection} />}
      />
      <Loaded query={query} skeleton={<Skeleton lines={4} height="9rem" />}>
        {(loaded) => (
          <>
            {administers && <UsageCard id={id} />}
            <KeysCard connection={loaded} />
            <DecidingCard key={`deciding ${loaded.id}`} connection={loaded} />
            {administers && (
              <>
                <CallLog id={id} />
                <ConnectionSettings key={loaded.id} connection={loaded} />
                <DeleteConnection connection={loaded} />
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

const Marks = ({ connection }: { connection: Connection }) => (
  <>
    {connection.preset !== null && <Mark>{text.presets[connection.preset].name}</Mark>}
    {connection.can_decide && <Mark tone="warn">{text.decides}</Mark>}
    {!connection.is_active && <Mark tone="bad">{text.inactive}</Mark>}
  </>
);

function DeleteConnection({ connection }: { connection: Connection }) {
  const navigate = useNavigate();
  const { id, name } = connection;
  return (
    <Card title={text.danger}>
      <div className={styles.danger}>
        <p className="hint">{text.dangerHint}</p>
        <ConfirmButton
          kind="danger"
          title={text.deleteTitle}
          verb={text.delete}
          onConfirm={async () => {
            await api.deleteConnection({ id });
            await navigate({ to: "/connections" });
            queryClient.removeQueries({ queryKey: ["connections", id] });
            await queryClient.invalidateQueries({ queryKey: ["connections"] });
            toast(text.deleted);
          }}
        >
          <UntrustedText text={text.deleteHint(name)} />
        </ConfirmButton>
      </div>
    </Card>
  );
}
