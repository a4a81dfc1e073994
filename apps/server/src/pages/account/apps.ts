import { DomainError, listGrants, revokeGrant, type Grant } from "@sayso/core";
import { html } from "../../html/html.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { rows, section, type Row } from "../../html/rows.ts";
import { confirm } from "../../html/button-forms.ts";
import { scopeList } from "../../html/scope-choices.ts";
import type { MemberVisit } from "../../site/site.ts";
import { relativeTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { accountPage } from "./account-page.ts";

/** GET /account/apps: shows which apps act in the person's name, since when, and how to stop them. */
export async function showOwnApps(visit: MemberVisit): Promise<void> {
  const grants = await listGrants(visit.context, { whose: "own" });
  const now = new Date();
  visit.show(
    accountPage(visit, {
      title: "Connected apps",
      banner: doneBanner(visit, {
        revoked: "The app is disconnected. It can't act in your name any more.",
      }),
      main: section(
        "apps",
        "Apps that act in your name",
        rows(grants.map((grant) => ownApp(grant, visit.csrf, now))) ||
          html`<p class="none">
            None yet. When you connect n8n, Zapier, Make or another app to Sayso and allow it to act
            in your name, it appears here, with what it may do and when it last did something.
          </p>`,
      ),
    }),
  );
}

function ownApp(grant: Grant, csrf: string, now: Date): Row {
  return {
    title: oneLine(grant.clientName),
    facts: [
      html`connected ${relativeTime(grant.createdAt, now)}`,
      grant.lastUsedAt ? html`used ${relativeTime(grant.lastUsedAt, now)}` : "never used",
      scopeList(grant.scopes),
    ],
    actions: confirm({
      action: `/account/apps/${grant.id}/revoke`,
      csrf,
      label: "Disconnect",
      about: oneLine(grant.clientName),
      warning:
        "It is refused at once. What it has asked for so far stays. You can connect it again later.",
      button: "Disconnect",
    }),
  };
}

/** POST /account/apps/:id/revoke: revokes a grant that the person themselves gave. */
export async function submitOwnRevocation(visit: MemberVisit): Promise<void> {
  const own = await listGrants(visit.context, { whose: "own" });
  const grant = own.find(({ id }) => id === visit.request.params.id);
  if (!grant) throw new DomainError("not_found", "There is no such app among those you connected.");
  await revokeGrant(visit.context, grant.id);
  visit.redirect("/account/apps?done=revoked");
}
