import type { Via } from "@sayso/client";
import { strings } from "../strings/index.ts";
import { PersonName } from "./person-name.tsx";

interface ActorNameProps {
  /** The person's id, to tell people of one name apart. Null: nobody in particular. */
  id?: string | null;
  /** The actor together with the machine that acted, as the server names them (`full_name`). Null: they are gone. */
  name: string | null | undefined;
  /** The means that the actor acted through, to name somebody who is gone. */
  via?: Via | null;
  /** Says whether a verb follows: a name with a machine then ends with a comma. */
  isSubject?: boolean;
}

/** Names an actor together with the machine that acted: “Release pipeline, for Ada Lovelace”. */
export const ActorName = ({ id = null, name, via = null, isSubject = false }: ActorNameProps) => {
  const { connectionGone } = strings.request.outcome;
  const gone = via?.kind === "connection" ? connectionGone : strings.common.somebodyGone;
  const hasMachine = via !== null && via.kind !== "session" && via.kind !== "rule";
  return (
    <>
      <PersonName id={id} name={name ?? gone} />
      {isSubject && hasMachine && ","}
    </>
  );
};
