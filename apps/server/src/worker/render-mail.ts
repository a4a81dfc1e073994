import type { MailBody } from "@sayso/core";
import { plainLine, plainLineWithAddresses } from "@sayso/untrusted-text";
import { html, type Html } from "../html/html.ts";

/**
 * Renders a mail's subject and body, as plain text and as HTML with the same content. Names that people chose stand in
 * them, so each part is one line, and hidden characters are shown by their codes.
 */
export function renderMail(
  givenSubject: string,
  body: MailBody,
): { subject: string; text: string; html: string } {
  const subject = plainLine(givenSubject);
  const paragraphs = body.paragraphs.map(plainLineWithAddresses);
  const action = body.action && { ...body.action, label: plainLine(body.action.label) };
  const closing = body.closing.map(plainLineWithAddresses);
  const text = [
    ...paragraphs,
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...closing,
  ].join("\n\n");
  return {
    subject,
    text: `${text}\n`,
    html: document(subject, { paragraphs, action, closing }).text,
  };
}

// Mail programs load no style sheets from elsewhere, and some support only these attributes.
const page =
  "margin:0;padding:24px 12px;background:#f6f5f1;color:#1c1b19;font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif";
const card =
  "max-width:32rem;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #dfdbd1;border-radius:14px";
const button =
  "display:inline-block;padding:11px 20px;border-radius:10px;background:#1d6b50;color:#ffffff;font-weight:600;text-decoration:none";
const small = "margin:0 0 8px;color:#5d594f;font-size:14px";

const dark = `@media (prefers-color-scheme: dark) {
  body { background: #151512 !important; color: #efede6 !important; }
  .card { background: #1f1e1b !important; border-color: #38362f !important; }
  .small, .small a { color: #b0ab9e !important; }
  .button { background: #74d2aa !important; color: #0a2118 !important; }
}`;

const document = (subject: string, { paragraphs, action, closing }: MailBody): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${subject}</title>
        <style>
          ${dark}
        </style>
      </head>
      <body style="${page}">
        <div class="card" style="${card}">
          ${paragraphs.map((text) => html`<p style="margin:0 0 16px">${text}</p>`)}
          ${
            action &&
            html`<p style="margin:24px 0">
                <a class="button" href="${action.url}" style="${button}">${action.label}</a>
              </p>
              <p class="small" style="${small};overflow-wrap:anywhere">
                Or open this link:
                <a href="${action.url}" style="color:#5d594f">${action.url}</a>
              </p>`
          }
          ${closing.map((text) => html`<p class="small" style="${small}">${text}</p>`)}
        </div>
      </body>
    </html> `;
