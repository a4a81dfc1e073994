import type { Connection } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plug, Plus } from "lucide-react";
import { useState } from "react";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { AdminsOnly } from "../admins-only.tsx";
import { NewConnectionDialog } from "./new-connection-dialog.tsx";
import { FactRow } from "../fact-row.tsx";
import { connectionsQuery } from "../queries.ts";

const text = access.connections;

/** The page of the organization's connections. */
export function ConnectionsPage() {
  const [isMaking, setMaking] = useState(false);
  const maySee = isAdmin(useMe());
  const create = (
    <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
      {text.create}
    </Button>
  );
  return (
    <>
      <PageHeader title={text.title} lead={text.lead} actions={maySee && create} />
      {maySee ? <Connections /> : <AdminsOnly />}
      <NewConnectionDialog isOpen={isMaking} onClose={() => setMaking(false)} />
    </>
  );
}

function Connections() {
  const query = useQuery(connectionsQuery);
  return (
    <Loaded query={query}>
      {({ data }) =>
        data.length === 0 ? (
          <EmptyState title={text.emptyTitle} icon={<Plug aria-hidden />}>
            <p>{text.emptyHint}</p>
            <CopyBlock
              label={text.emptyCommand}
              text={text.firstCall(location.origin, text.yourKey)}
            />
          </EmptyState>
        ) : (
          <Card>
            <Rows>
              {data.map((connection) => (
                <ConnectionRow key={connection.id} connection={connection} />
              ))}
            </Rows>
          </Card>
        )
      }
    </Loaded>
  );
}

function ConnectionRow({ connection }: { connection: Connection }) {
  const { id, name, preset, is_active, can_decide, last_used_at } = connection;
  const { api_key_prefix, api_key_last_four } = connection;
  return (
    <FactRow
      title={
        <>
          <Link to="/connections/$id" params={{ id }}>
            <UntrustedText text={name} />
          </Link>
          {preset !== null && <Mark>{text.presets[preset].name}</Mark>}
          {can_decide && <Mark tone="warn">{text.decides}</Mark>}
          {!is_active && <Mark tone="bad">{text.inactive}</Mark>}
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
        text.perHour(connection.rate_limit_per_hour),
        api_key_prefix !== null && (
          <code>
            {api_key_prefix}…{api_key_last_four}
          </code>
        ),
        <>
          {text.ownedBy} <UntrustedText text={connection.owner_name} />
        </>,
      ]}
    />
  );
}
