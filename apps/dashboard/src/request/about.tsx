import type { Approval } from "@sayso/client";
import { webAddress } from "@sayso/untrusted-text";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import { Time } from "../ui/time.tsx";
import { OutwardLink, UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./about.module.css";
import { ActorName } from "./actor-name.tsx";

/** The connection or person that made the request, with the app through which the person asked. */
export const AskedBy = ({ approval }: { approval: Approval }) => (
  <ActorName name={approval.requested_by_full_name} />
);

/** Shows a request's origin: who asked, the source, and the request's id there. */
export function About({ approval }: { approval: Approval }) {
  const { facts } = strings.request;
  const rows: [string, ReactNode][] = [
    [facts.by, <Asker key="by" approval={approval} />],
    [facts.source, sourceOf(approval)],
    [facts.sourceId, approval.source_id !== null && <UntrustedText text={approval.source_id} />],
    [facts.action, approval.action_type !== null && <UntrustedText text={approval.action_type} />],
    [facts.asked, <Time key="asked" at={approval.created_at} as="exact" />],
    [facts.callback, callbackOf(approval)],
    [facts.number, <code key="number">{approval.id}</code>],
  ];
  return (
    <Card title={facts.about}>
      <dl className={styles.facts}>
        {rows.map(
          ([label, value]) =>
            Boolean(value) && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Card>
  );
}

function Asker({ approval }: { approval: Approval }) {
  const { connection_id, created_by_name } = approval;
  if (connection_id === null) return <AskedBy approval={approval} />;
  return (
    <>
      {created_by_name !== null && (
        <>
          <UntrustedText text={created_by_name} />,{" "}
        </>
      )}
      {strings.request.facts.connection}{" "}
      <Link to="/connections/$id" params={{ id: connection_id }}>
        <UntrustedText text={approval.connection_name ?? strings.common.somebodyGone} />
      </Link>
    </>
  );
}

/** Links the source's name to its address. Shows the address's host too if it differs from the name. */
function sourceOf({ source, source_name, source_url }: Approval): ReactNode {
  const address = webAddress(source_url);
  const name = source_name ?? source ?? address?.hostname;
  if (name === undefined) return null;
  return (
    <>
      <OutwardLink address={source_url}>
        <UntrustedText text={name} />
      </OutwardLink>
      {address && name !== address.hostname && <span className="hint"> {address.hostname}</span>}
    </>
  );
}

function callbackOf({ callback_url, callback_delivered, status }: Approval): ReactNode {
  const { facts } = strings.request;
  const host = webAddress(callback_url)?.host;
  if (host === undefined) return null;
  return (
    <>
      <UntrustedText text={host} />
      {status !== "pending" && (
        <span className="hint">
          {" "}
          {callback_delivered ? facts.callbackDelivered : facts.callbackWaiting}
        </span>
      )}
    </>
  );
}
