import { createContext, useContext } from "react";
import { EmailAddress, UntrustedText } from "../ui/untrusted-text.tsx";

/** The people whose name another member has, or one that looks like it, with the e-mail address that tells them apart. */
export const Namesakes = createContext<readonly { id: string; name: string; email: string }[]>([]);

interface PersonNameProps {
  /** The person's id. null: nobody in particular. */
  id: string | null;
  /** The person's name, alone or together with the machine that acted: “Release pipeline, for Ada Lovelace”. */
  name: string;
}

/** A person's name, followed by their e-mail address where another member's name looks the same. */
export function PersonName({ id, name }: PersonNameProps) {
  const namesake = useContext(Namesakes).find((person) => person.id === id);
  if (namesake === undefined) return <UntrustedText text={name} />;
  const end = endOfPerson(name, namesake.name);
  return (
    <>
      <UntrustedText text={name.slice(0, end)} />
      {" ("}
      <EmailAddress address={namesake.email} />)
      {end < name.length && <UntrustedText text={name.slice(end)} />}
    </>
  );
}

/** Returns the place behind the person's own name. A machine stands before it (", for …") or after it (", through …"). */
const endOfPerson = (name: string, person: string): number =>
  name.startsWith(person) && !name.endsWith(`, for ${person}`) ? person.length : name.length;
