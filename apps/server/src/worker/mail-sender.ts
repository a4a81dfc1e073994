import type { ClaimedMail, MailOutcome } from "@sayso/core";
import { createTransport } from "nodemailer";
import { isLoopbackHost, type MailConfig } from "../mail-config.ts";
import { redactText } from "../log.ts";
import { renderMail } from "./render-mail.ts";

/** Speaks SMTP (RFC 5321) with the operator's mail server. */
export interface MailSender {
  /** Hands a mail over, once, and says what came of it. Takes 30 s at most and never rejects. */
  send(mail: ClaimedMail): Promise<MailOutcome>;
  /** Connects and signs in, and sends nothing. @throws an Error that says what is wrong */
  check(): Promise<void>;
  /** Cuts off what is under way. */
  close(): void;
}

const STEP_MS_MAX = 15_000;
const ATTEMPT_MS_MAX = 30_000;

/**
 * A sender by SMTP. `smtps:` speaks TLS from the start; `smtp:` goes over to TLS where the server offers it, and must
 * where there is a password to keep (RFC 8314 §3.3), except on this machine. Certificates are checked.
 *
 * A mail keeps its Message-ID over all attempts, so that a receiver can tell that it has it already.
 */
export function createMailSender({ smtp, from }: MailConfig): MailSender {
  const isHere = isLoopbackHost(smtp.host);
  const transport = createTransport({
    ...smtp,
    requireTLS: !smtp.secure && smtp.auth !== undefined && !isHere,
    ignoreTLS: isHere,
    connectionTimeout: STEP_MS_MAX,
    greetingTimeout: STEP_MS_MAX,
    socketTimeout: STEP_MS_MAX,
    dnsTimeout: STEP_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const closing = new AbortController();
  const domain = from.address.split("@").at(-1);
  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: mail.recipient },
          subject: mail.subject,
          ...renderMail(mail.subject, mail.body),
          messageId: `<${mail.id}@${domain}>`,
          // RFC 3834 §5: no vacation notice is asked for.
          headers: { "Auto-Submitted": "auto-generated" },
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_MS_MAX)]),
        });
        return { ok: true };
      } catch (error) {
        return { ok: false, error: redactText((error as Error).message), isFinal: isFinal(error) };
      }
    },
    async check() {
      await transport.verify();
    },
    close() {
      closing.abort();
      transport.close();
    },
  };
}

/** Refused for good because of its addressee or its content; whatever else is wrong, the operator may mend. */
function isFinal(error: unknown): boolean {
  const { permanent, command } = error as { permanent?: boolean; command?: string };
  return permanent === true && (command === "RCPT TO" || command === "DATA");
}
