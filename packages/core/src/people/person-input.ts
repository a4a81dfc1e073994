import type { FieldFault } from "../errors.ts";

const EMAIL_LENGTH_MAX = 254;
const NAME_LENGTH_MAX = 100;

/** An e-mail address as it is stored: no white space around it. Addresses that differ in case are the same. */
export const tidyEmail = (text: string): string => text.trim();

/** A person's name as it is stored: single spaces, none around it. */
export const tidyName = (text: string): string => text.trim().replace(/\s+/gu, " ");

/** What is wrong with an e-mail address (RFC 5321 §4.5.3.1 for its length); whether it exists is not asked. */
export function findEmailFault(email: string): FieldFault | null {
  if (email === "") return { field: "email", message: "Enter an e-mail address" };
  const isFine = email.length <= EMAIL_LENGTH_MAX && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email);
  return isFine
    ? null
    : { field: "email", message: "Enter an e-mail address like ada@example.com" };
}

/** What is wrong with a person's name. Control and invisible characters could make it pass for another's. */
export function findNameFault(name: string): FieldFault | null {
  if (name === "") return { field: "name", message: "Enter a name" };
  if (name.length > NAME_LENGTH_MAX)
    return { field: "name", message: `Use at most ${NAME_LENGTH_MAX} characters` };
  return /\p{C}/u.test(name) ? { field: "name", message: "Leave out invisible characters" } : null;
}
