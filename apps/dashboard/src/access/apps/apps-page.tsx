import type { App } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AppWindow, Plus } from "lucide-react";
import { useState } from "react";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { Grants } from "./grants.tsx";
import { NewAppDialog } from "./new-app-dialog.tsx";
import { FactRow } from "../fact-row.tsx";
import { appsQuery, grantsQuery } from "../queries.ts";

const text = access.apps;

/** The page of apps: the organization's apps for admins, and the grants of the signed-in person. */
export function AppsPage() {
  const [isMaking, setMaking] = useState(false);
  const mayManage = isAdmin(useMe());
  return (
    <>
      <PageHeader
        title={text.title}
        lead={text.lead}
        actions={
          mayManage && (
            <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
              {text.create}
            </Button>
          )
        }
      />
      {mayManage && <OrganizationApps />}
      <OwnGrants />
      <NewAppDialog isOpen={isMaking} onClose={() => setMaking(false)} />
    </>
  );
}

function OwnGrants() {
  const query = useQuery(grantsQuery("own"));
  return (
    <Card title={text.own}>
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="hint">{text.ownNone}</p>
          ) : (
            <Grants grants={data} by="app" />
          )
        }
      </Loaded>
    </Card>
  );
}

function OrganizationApps() {
  const apps = useQuery(appsQuery);
  const grants = useQuery(grantsQuery("organization"));
  const others = grants.data?.data.filter(
    ({ app_id }) => apps.data?.data.every(({ id }) => id !== app_id) ?? false,
  );
  return (
    <>
      <Card title={text.organization}>
        <Loaded query={apps}>
          {({ data }) =>
            data.length === 0 ? (
              <EmptyState title={text.emptyTitle} icon={<AppWindow aria-hidden />}>
                <p>{text.emptyHint}</p>
              </EmptyState>
            ) : (
              <Rows>
                {data.map((app) => (
                  <AppRow key={app.id} app={app} />
                ))}
              </Rows>
            )
          }
        </Loaded>
      </Card>
      {others !== undefined && others.length > 0 && (
        <Card title={text.others}>
          <p className="hint">{text.othersHint}</p>
          <Grants grants={others} by="both" />
        </Card>
      )}
    </>
  );
}

const AppRow = ({ app }: { app: App }) => (
  <FactRow
    title={
      <>
        <Link to="/apps/$id" params={{ id: app.id }}>
          <UntrustedText text={app.name} />
        </Link>
        {app.preset !== null && <Mark>{text.platforms[app.preset].name}</Mark>}
      </>
    }
    facts={[
      text.grants(app.grants_count),
      <>
        {text.created} <Time at={app.created_at} />
        {app.created_by_name !== null && (
          <>
            {" "}
            {text.by} <UntrustedText text={app.created_by_name} />
          </>
        )}
      </>,
    ]}
  />
);
