import { createContext, useContext } from "react";
import { EmailAddress, UntrustedText } from "../ui/untrusted-text.tsx";

/** The people whose name another member has, or one that looks like it, with the e-mail address that tells them apart. */
export const Namesakes = createContext<readonly { id: string; email: string }[]>([]);

interface PersonNameProps {
  /** The person's id. null: nobody in particular. */
  id: string | null;
  name: string;
}

/** A person's name, followed by their e-mail address where another member's name looks the same. */
export function PersonName({ id, name }: PersonNameProps) {
  const email = useContext(Namesakes).find((person) => person.id === id)?.email;
  return (
    <>
      <UntrustedText text={name} />
      {email !== undefined && (
        <>
          {" ("}
          <EmailAddress address={email} />)
        </>
      )}
    </>
  );
}
