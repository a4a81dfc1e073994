/**
 * The text of a mail, without its layout: plain text without line breaks inside a paragraph. It can hold a link that
 * signs its reader in, so it is stored encrypted.
 */
export interface MailBody {
  /** The paragraphs before the button. */
  paragraphs: string[];
  /** The reader's next step, as a button and as an address to copy. */
  action: { label: string; url: string } | null;
  /** The small print after the button: how long the link works, and advice if the mail is unexpected. */
  closing: string[];
}

/** A mail without a recipient. */
export interface Letter {
  subject: string;
  body: MailBody;
  /**
   * The time from which the mail is worth nothing to its reader, so that it is not sent any more. Null: in three days.
   */
  expiresAt: Date | null;
}

/** Makes a text one line of at most 180 characters, as a subject must be. */
export function asSubject(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > SUBJECT_LENGTH_MAX ? `${line.slice(0, SUBJECT_LENGTH_MAX - 1)}…` : line;
}

const SUBJECT_LENGTH_MAX = 180;
