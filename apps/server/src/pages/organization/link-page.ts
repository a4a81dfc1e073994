import type { NewLink } from "@sayso/core";
import { html } from "../../html/html.ts";
import type { Page } from "../../html/layout.ts";
import { copyable, shownOnce } from "../../html/copyable.ts";
import type { MemberVisit } from "../../site/site.ts";
import { exactTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { organizationPage } from "./organization-page.ts";

/** Answers with a link by which somebody else gets in: on no other page and in no address is it to be found. */
export function linkPage(
  visit: MemberVisit,
  made: {
    person: { id: string | null; name: string };
    link: NewLink & { url: string };
    purpose: "invitation" | "password_reset";
  },
): Page {
  const { person, link, purpose } = made;
  const isInvitation = purpose === "invitation";
  return organizationPage(visit, {
    title: isInvitation ? "Invited" : "New sign-in link",
    banner: shownOnce(isInvitation ? "This is their invitation" : "This is their link"),
    main: html`<div class="card">
      <p>
        By this link ${oneLine(person.name)} ${isInvitation ? "joins" : "chooses a new password"}.
        It works once, until ${exactTime(link.expiresAt)}.
      </p>
      <p>This server sends no mail: give it to them yourself.</p>
      ${copyable({ id: "link", label: "Link", text: link.url, hint: "Whoever has it gets in: send it to that person only." })}
      <p>
        <a class="button" href="/organization/people${person.id === null ? "" : `/${person.id}`}"
          >I have copied it</a
        >
      </p>
    </div>`,
  });
}
