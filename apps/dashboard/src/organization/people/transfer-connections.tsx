import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api.ts";
import { goConfirm } from "../../go-confirm.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Field, FormFault, NativeSelect } from "../../ui/forms/field.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { faultOf } from "../fault-of.ts";
import { membersQuery, refreshPeople } from "../queries.ts";
import styles from "./people.module.css";

const words = strings.organization.people;

interface TransferConnectionsProps {
  /** The owner of the connections, who can have left the organization. */
  personId: string;
  connections: readonly { id: string; name: string }[];
  hint?: string;
}

/** Lists a person's connections, with a choice of another owner for them. */
export function TransferConnections({ personId, connections, hint }: TransferConnectionsProps) {
  const client = useQueryClient();
  const me = useMe();
  const members = useQuery(membersQuery);
  const others = members.data?.data.filter(({ id }) => id !== personId) ?? [];
  const [chosen, setChosen] = useState<string>();
  const to = chosen ?? others.find(({ id }) => id === me.id)?.id ?? others[0]?.id;
  const handOver = useMutation({
    mutationFn: (toPersonId: string) =>
      api.transferConnections({ id: personId, to_person_id: toPersonId }).catch(goConfirm),
    onSuccess: (transferred) => {
      if (transferred === undefined) return;
      toast(words.transferred);
      void client.invalidateQueries({ queryKey: ["connections"] });
      return refreshPeople(client);
    },
  });
  const fault = faultOf(handOver.error);
  return (
    <>
      <ul className={styles.list}>
        {connections.map(({ id, name }) => (
          <li key={id}>
            <Link to="/connections/$id" params={{ id }}>
              <UntrustedText text={name} />
            </Link>
          </li>
        ))}
      </ul>
      {hint !== undefined && <p className="hint">{hint}</p>}
      {to !== undefined && (
        <>
          <Field label={words.newOwner}>
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
              {words.transfer}
            </Button>
          </div>
        </>
      )}
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </>
  );
}
