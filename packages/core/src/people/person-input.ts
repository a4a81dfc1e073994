import { domainToASCII } from "node:url";
import { asLine, EMAIL_MAX, hasHidden, PERSON_NAME_MAX } from "@sayso/fields";
import type { FieldFault } from "../errors.ts";

const LOCAL_BYTES_MAX = 64;

/**
 * Returns an e-mail address in the one spelling in which it is stored and looked up, or null where the text isn't one.
 * Quoted local parts, comments, `Name <a@b>` and lists are refused, because a mail program would read another address
 * out of them. The domain is in lower case and ASCII (UTS #46). The local part is as typed, in composed form (NFC) and
 * without characters that only look like others (NFKC). RFC 5321 §4.5.3.1 for lengths, RFC 5322 §3.2.3 and RFC 6531 for
 * the local part.
 */
function parseEmail(text: string): string | null {
  const [, typed = "", host = ""] = /^([^@]+)@([^@]+)$/.exec(text.trim()) ?? [];
  const local = typed.normalize("NFC");
  const isLocal =
    /^[^\s\p{C}\p{Z}.<>()[\],;:\\"]+(\.[^\s\p{C}\p{Z}.<>()[\],;:\\"]+)*$/u.test(local) &&
    Buffer.byteLength(local) <= LOCAL_BYTES_MAX &&
    local === local.normalize("NFKC");
  const domain = domainToASCII(host);
  const isDomain = domain
    .split(".")
    .every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  const email = `${local}@${domain}`;
  return isLocal && isDomain && email.length <= EMAIL_MAX ? email : null;
}

/**
 * Returns an e-mail address as it is stored. A text that is no address is returned as typed; nobody has such an
 * address.
 */
export const tidyEmail = (text: string): string => parseEmail(text) ?? text.trim();

/** Returns a person's name as it is stored: single spaces, none around it. */
export const tidyName = asLine;

/** Returns the fault of an e-mail address; null: none. Doesn't check whether the address exists. */
export function findEmailFault(email: string): FieldFault | null {
  if (email === "") return { field: "email", message: "Enter an email address" };
  return parseEmail(email) === null
    ? { field: "email", message: "Enter an email address like ada@example.com, and nothing else" }
    : null;
}

/**
 * Returns the fault of a person's name; null: none. Control and invisible characters could make it pass for another's.
 */
export function findNameFault(name: string): FieldFault | null {
  if (name === "") return { field: "name", message: "Enter a name" };
  if (name.length > PERSON_NAME_MAX)
    return { field: "name", message: `Use at most ${PERSON_NAME_MAX} characters` };
  return hasHidden(name) ? { field: "name", message: "Leave out invisible characters" } : null;
}
