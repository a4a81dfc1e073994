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
      title: "Authorized apps",
      banner: doneBanner(visit, {
        revoked: "App revoked. It can no longer act in your name.",
      }),
      main: section(
        "apps",
        "Authorized apps",
        rows(grants.map((grant) => ownApp(grant, visit.csrf, now))) ||
          html`<p class="none">
            No authorized apps. An app appears here when you connect n8n, Zapier, Make or another
            app to Sayso and allow it to act in your name.
          </p>`,
      ),
    }),
  );
}

function ownApp(grant: Grant, csrf: string, now: Date): Row {
  return {
    title: oneLine(grant.clientName),
    facts: [
      html`authorized ${relativeTime(grant.createdAt, now)}`,
      grant.lastUsedAt ? html`last used ${relativeTime(grant.lastUsedAt, now)}` : "never used",
      scopeList(grant.scopes),
    ],
    actions: confirm({
      action: `/account/apps/${grant.id}/revoke`,
      csrf,
      label: "Revoke",
      about: oneLine(grant.clientName),
      warning: "The app loses access at once. Its requests stay. You can authorize it again later.",
      button: "Revoke",
    }),
  };
}

/** POST /account/apps/:id/revoke: revokes a grant that the person themselves gave. */
export async function submitOwnRevocation(visit: MemberVisit): Promise<void> {
  const own = await listGrants(visit.context, { whose: "own" });
  const grant = own.find(({ id }) => id === visit.request.params.id);
  if (!grant) throw new DomainError("not_found", "You have not authorized this app.");
  await revokeGrant(visit.context, grant.id);
  visit.redirect("/account/apps?done=revoked");
}
