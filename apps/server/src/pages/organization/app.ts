import {
  deleteClient,
  getClient,
  listGrants,
  rotateClientSecret,
  type OAuthClient,
} from "@sayso/core";
import { html, type HtmlValue } from "../../html/html.ts";
import type { Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { factList, rows, section } from "../../html/rows.ts";
import { confirm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import { scopeList } from "../../html/scope-choices.ts";
import type { MemberVisit } from "../../site/site.ts";
import { exactTime } from "../../html/times.ts";
import { oneLine, plain } from "../../html/untrusted-text.ts";
import { grantRow } from "./apps.ts";
import { credentialsPage, recipe } from "./new-app.ts";
import { organizationPage } from "./organization-page.ts";
import { platformName } from "../../oauth/platforms.ts";

const read = (visit: MemberVisit): Promise<OAuthClient> =>
  getClient(visit.context, String(visit.request.params.id));

/** GET /organization/apps/:id */
export async function showApp(visit: MemberVisit): Promise<void> {
  visit.show(await appPage(visit, await read(visit), noRemarks));
}

/** POST /organization/apps/:id/secret: answers with the new secret, this once. */
export async function submitRotation(visit: MemberVisit): Promise<void> {
  const client = await read(visit);
  const rotated = await tryForm(
    visit,
    [],
    () => rotateClientSecret(visit.context, client.id),
    async (remarks, status) => visit.show(await appPage(visit, client, remarks), status),
  );
  if (!rotated) return;
  const { secret, previousValidUntil } = rotated.value;
  const note = html`<p>The secret before works until ${exactTime(previousValidUntil)}.</p>`;
  visit.show(credentialsPage(visit, client, secret, note));
}

/** POST /organization/apps/:id/delete */
export async function submitAppDeletion(visit: MemberVisit): Promise<void> {
  const { id } = await read(visit);
  await deleteClient(visit.context, id);
  visit.redirect("/organization/apps?done=deleted");
}

async function appPage(visit: MemberVisit, client: OAuthClient, remarks: Remarks): Promise<Page> {
  const grants = await listGrants(visit.context, { whose: "organization", clientId: client.id });
  const now = new Date();
  const action = `/organization/apps/${client.id}`;
  return organizationPage(visit, {
    title: plain(client.name),
    heading: oneLine(client.name),
    back: { href: "/organization/apps", label: "All apps" },
    banner:
      remarks.banner ||
      doneBanner(visit, { revoked: "The connection is ended. Its tokens are refused." }),
    main: [
      html`<div class="card">${facts(client)}</div>`,
      section(
        "grants",
        "Who has connected it",
        rows(grants.map((grant) => grantRow(grant, { csrf: visit.csrf, now, isOfClient: true }))) ||
          html`<p class="none">Nobody yet.</p>`,
      ),
      html`<details class="card past">
        <summary>What to fill in at the app</summary>
        ${recipe(client, visit.services.publicUrl, null)}
      </details>`,
      section("changes", "Changes", [
        client.kind === "web" &&
          confirm({
            action: `${action}/secret`,
            csrf: visit.csrf,
            label: "New secret",
            warning:
              "The present secret works for another 24 hours, so that you can change it at the app.",
            button: "Make a new secret",
          }),
        confirm({
          action: `${action}/delete`,
          csrf: visit.csrf,
          label: "Delete this app",
          warning: [
            loss(new Set(grants.map(({ personId }) => personId)).size),
            " What it has asked for so far stays.",
          ],
          button: "Delete the app",
        }),
      ]),
    ],
  });
}

const loss = (people: number): string =>
  people === 0
    ? "Nobody has connected it. It is refused at once."
    : `${people === 1 ? "One person loses" : `${people} people lose`} the connection at once.`;

function facts(client: OAuthClient): HtmlValue {
  const { secretLastFour, previousSecretUntil } = client;
  return factList([
    ["Platform", platformName(client.preset)],
    ["Client ID", html`<code>${client.id}</code>`],
    [
      "Secret",
      secretLastFour === null
        ? "none: it runs on people's own devices"
        : html`<code>…${secretLastFour}</code>${
              previousSecretUntil &&
              html`; the one before works until ${exactTime(previousSecretUntil)}`
            }`,
    ],
    [
      "Sends people back to",
      client.redirectUris.length > 0 &&
        html`<ul>
          ${client.redirectUris.map((uri) => html`<li><code>${uri}</code></li>`)}
        </ul>`,
    ],
    ["May ask for", scopeList(client.scopes)],
    ["Without a person", client.allowsClientCredentials && "may also act by itself"],
    [
      "Made",
      html`${exactTime(client.createdAt)}${
        client.createdByName && html` by ${oneLine(client.createdByName)}`
      }`,
    ],
  ]);
}
