import type { PersonWithConnections } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api.ts";
import { meQuery, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Dialog } from "../../ui/dialogs/dialog.tsx";
import { Field, Input, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { EmailAddress, UntrustedText } from "../../ui/untrusted-text.tsx";
import { personQuery, refreshPeople } from "../queries.ts";
import { TransferConnections } from "./transfer-connections.tsx";
import { PersonAccess } from "./person-access.tsx";
import { RoleChoice } from "./role-choice.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

/** All about one person, beside the list: their rights, their connections and teams, and how they sign in. */
export function PersonDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(personQuery(id));
  const title = query.data ? plainLine(query.data.name) : words.drawerTitle;
  return (
    <Dialog isOpen onClose={onClose} title={title} shape="drawer">
      <Loaded query={query}>{(person) => <Person person={person} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function Person({ person, onClose }: { person: PersonWithConnections; onClose: () => void }) {
  return (
    <>
      <div className={styles.about}>
        <p>
          {person.email === null ? words.emailNone : <EmailAddress address={person.email} />}{" "}
          {person.status === "invited" && <Mark tone="warn">{words.invited}</Mark>}
          {person.status === "disabled" && <Mark tone="bad">{words.disabled}</Mark>}
        </p>
        <p>
          {words.columns.since} <Time at={person.joined_at} as="exact" />
        </p>
      </div>
      {/* The form starts again from the saved values, no matter where somebody saved them. */}
      <RightsForm
        key={`${person.name} ${person.role} ${String(person.can_approve)}`}
        person={person}
      />
      <section className={styles.part}>
        <h3>{words.teams}</h3>
        {person.teams.length === 0 ? (
          <p className="hint">{words.noTeams}</p>
        ) : (
          <ul className={styles.list}>
            {person.teams.map(({ id, name }) => (
              <li key={id}>
                <Link to="/teams">
                  <UntrustedText text={name} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Connections person={person} />
      <PersonAccess person={person} onGone={onClose} />
    </>
  );
}

function RightsForm({ person }: { person: PersonWithConnections }) {
  const client = useQueryClient();
  const me = useMe();
  const [name, setName] = useState(person.name);
  const [role, setRole] = useState(person.role);
  const [canApprove, setCanApprove] = useState(person.can_approve);
  const isDisabled = person.status === "disabled";
  const changes = {
    ...(name !== person.name && { name }),
    ...(role !== person.role && { role }),
    ...(!isDisabled && canApprove !== person.can_approve && { can_approve: canApprove }),
  };
  const save = async () => {
    await api.updatePerson({ id: person.id, ...changes });
    toast(words.saved);
    await refreshPeople(client);
    if (person.id === me.id) await client.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  return (
    <Form
      className={styles.part}
      onSubmit={save}
      actions={
        <div className={styles.buttons}>
          <SubmitButton disabled={Object.keys(changes).length === 0}>{words.save}</SubmitButton>
        </div>
      }
    >
      <h3>{words.rights}</h3>
      <Field label={words.name} name="name">
        <Input
          value={name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Field>
      <RoleChoice value={role} onChange={setRole} />
      {!isDisabled && (
        <Tick
          label={words.mayApprove}
          hint={words.mayApproveHint}
          checked={canApprove}
          onChange={(event) => setCanApprove(event.currentTarget.checked)}
        />
      )}
    </Form>
  );
}

const Connections = ({ person }: { person: PersonWithConnections }) => (
  <section className={styles.part}>
    <h3>{words.connections}</h3>
    {person.connections.length === 0 ? (
      <p className="hint">{words.noConnections}</p>
    ) : (
      <TransferConnections
        personId={person.id}
        connections={person.connections}
        hint={words.connectionsHint}
      />
    )}
  </section>
);
