/**
 * What a mail says, apart from how it looks: plain text without line breaks inside a paragraph. It may hold a link
 * that signs its reader in, so it is stored encrypted.
 */
export interface MailBody {
  /** Before the button. */
  paragraphs: string[];
  /** What the reader can do, as a button and as an address to copy. */
  action: { label: string; url: string } | null;
  /** After it, in small print: how long the link lives, what to do when the mail is unexpected. */
  closing: string[];
}

/** A mail as it is written, before it has an addressee. */
export interface Letter {
  subject: string;
  body: MailBody;
  /** From then on it is worth nothing to its reader, so it is not sent any more. Null: in three days. */
  expiresAt: Date | null;
}

/** One line of at most so many characters, as a subject must be. */
export function asSubject(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > SUBJECT_LENGTH_MAX ? `${line.slice(0, SUBJECT_LENGTH_MAX - 1)}…` : line;
}

const SUBJECT_LENGTH_MAX = 180;
