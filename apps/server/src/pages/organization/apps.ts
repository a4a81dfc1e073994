import { listClients, listGrants, revokeGrant, type Grant, type OAuthClient } from "@sayso/core";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { rows, section, type Row } from "../../html/rows.ts";
import { confirm } from "../../html/button-forms.ts";
import { scopeList } from "../../html/scope-choices.ts";
import type { MemberVisit } from "../../site/site.ts";
import { relativeTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { organizationPage } from "./organization-page.ts";
import { platformName, platforms } from "../../oauth/platforms.ts";

/** GET /organization/apps: the organization's apps, and what its people have connected beside them. */
export async function showApps(visit: MemberVisit): Promise<void> {
  const [clients, grants] = await Promise.all([
    listClients(visit.context),
    listGrants(visit.context, { whose: "organization" }),
  ]);
  const now = new Date();
  // Apps that registered themselves are no admin's: their grants are all that there is to see of them.
  const others = grants.filter(({ clientId }) => !clients.some(({ id }) => id === clientId));
  visit.show(
    organizationPage(visit, {
      title: "Apps",
      banner: doneBanner(visit, {
        deleted: "The app is deleted. Its tokens are refused.",
        revoked: "The connection is ended. Its tokens are refused.",
      }),
      lead: "An app asks for approval, or acts in the name of those who connected it.",
      main: [
        section(
          "apps",
          "Your apps",
          rows(clients.map((client) => clientRow(client, now))) ||
            html`<p class="none">There is none yet.</p>`,
        ),
        section("connect", "Connect an app", platformLinks()),
        others.length > 0 &&
          section("others", "Apps that registered themselves", [
            html`<p class="hint">
              People of your organization have allowed these to act for them.
            </p>`,
            rows(
              others.map((grant) => grantRow(grant, { csrf: visit.csrf, now, isOfClient: false })),
            ),
          ]),
      ],
    }),
  );
}

const platformLinks = (): Html =>
  html`<ul class="platforms">
    ${Object.entries(platforms).map(
      ([platform, { name, about }]) =>
        html`<li>
          <a class="button" href="/organization/apps/new/${platform}"
            ><span>${name}<small>${about}</small></span></a
          >
        </li>`,
    )}
  </ul>`;

function clientRow(client: OAuthClient, now: Date): Row {
  return {
    title: html`<a href="/organization/apps/${client.id}">${oneLine(client.name)}</a>`,
    facts: [
      platformName(client.preset),
      peopleCount(client.grants),
      html`made
      ${relativeTime(client.createdAt, now)}${
        client.createdByName && html` by ${oneLine(client.createdByName)}`
      }`,
    ],
  };
}

/** "connected 3 times": one person may have connected it several times. */
const peopleCount = (grants: number): HtmlValue =>
  grants === 0
    ? "connected by nobody"
    : grants === 1
      ? "connected once"
      : `connected ${grants} times`;

/** One person's connection of an app, with the button that ends it. */
export function grantRow(grant: Grant, at: { csrf: string; now: Date; isOfClient: boolean }): Row {
  const who = oneLine(grant.personName);
  return {
    title: at.isOfClient ? who : html`${oneLine(grant.clientName)} <small>for ${who}</small>`,
    facts: [
      html`connected ${relativeTime(grant.createdAt, at.now)}`,
      grant.lastUsedAt ? html`used ${relativeTime(grant.lastUsedAt, at.now)}` : "never used",
      !at.isOfClient && scopeList(grant.scopes),
    ],
    actions: confirm({
      action: `/organization/grants/${grant.id}/revoke`,
      csrf: at.csrf,
      label: "Revoke",
      about: html`${oneLine(grant.clientName)} for ${who}`,
      warning: html`${oneLine(grant.clientName)} can't act for ${who} any more. They can connect it
      again.`,
      button: "Revoke",
    }),
  };
}

/** POST /organization/grants/:id/revoke: anybody's in the organization. */
export async function submitRevocation(visit: MemberVisit): Promise<void> {
  const id = String(visit.request.params.id);
  const [clients, grants] = await Promise.all([
    listClients(visit.context),
    listGrants(visit.context, { whose: "organization" }),
  ]);
  await revokeGrant(visit.context, id);
  const clientId = grants.find((grant) => grant.id === id)?.clientId;
  const client = clients.find((one) => one.id === clientId);
  visit.redirect(`/organization/apps${client ? `/${client.id}` : ""}?done=revoked`);
}
