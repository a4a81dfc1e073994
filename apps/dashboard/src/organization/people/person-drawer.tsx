import type { PersonWithConnections } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api.ts";
import { meQuery, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialogs/dialog.tsx";
import { Field, FormFault, Input, NativeSelect, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Loaded } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { faultOf } from "../fault-of.ts";
import { membersQuery, personQuery, refreshPeople } from "../queries.ts";
import { PersonAccess } from "./person-access.tsx";
import { RoleChoice } from "./role-choice.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

/** All about one person, beside the list: what they may do, what hangs on them, how they get in. */
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
          {person.email === null ? words.emailNone : <UntrustedText text={person.email} />}{" "}
          {person.status === "invited" && <Mark tone="warn">{words.invited}</Mark>}
          {person.status === "disabled" && <Mark tone="bad">{words.disabled}</Mark>}
        </p>
        <p>
          {words.columns.since} <Time at={person.joined_at} as="exact" />
        </p>
      </div>
      {/* What was saved, here or elsewhere, is what one goes on from. */}
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

function Connections({ person }: { person: PersonWithConnections }) {
  const client = useQueryClient();
  const me = useMe();
  const members = useQuery(membersQuery);
  const others = members.data?.data.filter(({ id }) => id !== person.id) ?? [];
  const [chosen, setChosen] = useState<string>();
  const to = chosen ?? others.find(({ id }) => id === me.id)?.id ?? others[0]?.id;
  const handOver = useMutation({
    mutationFn: (toPersonId: string) =>
      api.transferConnections({ id: person.id, to_person_id: toPersonId }),
    onSuccess: () => {
      toast(words.handedOver);
      return refreshPeople(client);
    },
  });
  const fault = faultOf(handOver.error);
  return (
    <section className={styles.part}>
      <h3>{words.connections}</h3>
      {person.connections.length === 0 ? (
        <p className="hint">{words.noConnections}</p>
      ) : (
        <>
          <ul className={styles.list}>
            {person.connections.map(({ id, name }) => (
              <li key={id}>
                <Link to="/connections/$id" params={{ id }}>
                  <UntrustedText text={name} />
                </Link>
              </li>
            ))}
          </ul>
          <p className="hint">{words.connectionsHint}</p>
          {to !== undefined && (
            <>
              <Field label={words.handOverTo}>
                <NativeSelect value={to} onChange={(event) => setChosen(event.currentTarget.value)}>
                  {others.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {plainLine(name)}
                    </option>
                  ))}
                </NativeSelect>
              </Field>
              <div className={styles.buttons}>
                <Button isBusy={handOver.isPending} onClick={() => handOver.mutate(to)}>
                  {words.handOver}
                </Button>
              </div>
            </>
          )}
        </>
      )}
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </section>
  );
}
