import type { Connection } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { connectionsQuery } from "../../access/queries.ts";
import { strings } from "../../strings/index.ts";
import { Card } from "../../ui/card.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { everybodyQuery, membersQuery } from "../queries.ts";
import { TransferConnections } from "./transfer-connections.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

/**
 * Lists the connections of people who have left. Such a connection can't ask until it has another owner. Shows nothing
 * if there are none.
 */
export function WithoutOwner() {
  const byOwner = useWithoutOwner();
  if (byOwner.length === 0) return null;
  return (
    <Card title={words.withoutOwner}>
      <p className="hint">{words.withoutOwnerHint}</p>
      {byOwner.map(([ownerId, connections]) => (
        <section key={ownerId} className={styles.part}>
          <h3>
            <UntrustedText text={connections[0]?.owner_name ?? ""} />
          </h3>
          <TransferConnections personId={ownerId} connections={connections} />
        </section>
      ))}
    </Card>
  );
}

/** Returns the connections of people who are no longer in the organization, by owner. */
function useWithoutOwner(): [ownerId: string, connections: Connection[]][] {
  const connections = useQuery(connectionsQuery);
  const members = useQuery(membersQuery);
  const isMember = (id: string) => members.data?.data.some((member) => member.id === id) ?? true;
  const orphans = connections.data?.data.filter(({ owner_id: id }) => !isMember(id)) ?? [];
  // The members don't include disabled people, so the list of everybody decides.
  const everybody = useQuery({ ...everybodyQuery, enabled: orphans.length > 0 });
  const isHere = (id: string) => everybody.data?.some((person) => person.id === id) ?? true;
  return [
    ...Map.groupBy(
      orphans.filter(({ owner_id: id }) => !isHere(id)),
      ({ owner_id: id }) => id,
    ),
  ];
}
