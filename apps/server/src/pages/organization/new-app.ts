import {
  createClient,
  presetRedirectUris,
  type ClientKind,
  type CreatedClient,
  type OAuthClient,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { checkbox, choices, textArea } from "../../html/inputs.ts";
import { field, type Page } from "../../html/layout.ts";
import { factList } from "../../html/rows.ts";
import { copyable, shownOnce } from "../../html/copyable.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import { readScopes, scopeChoices } from "../../html/scope-choices.ts";
import { notFoundPage, type MemberVisit } from "../../site/site.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { organizationPage } from "./organization-page.ts";
import { isPlatform, platforms, recipeFor, type Platform } from "../../oauth/platforms.ts";

const NAME_LENGTH_MAX = 200;

interface Typed {
  name: string;
  n8nUrl: string;
  zapierAppId: string;
  redirectUris: string;
  kind: ClientKind;
  scopes: readonly string[];
  allowsClientCredentials: boolean;
}

const untouched = (platform: Platform): Typed => ({
  name: platform === "other" ? "" : platforms[platform].name,
  n8nUrl: "",
  zapierAppId: "",
  redirectUris: "",
  kind: "web",
  scopes: ["approvals:read", "approvals:write", "approvals:decide", "comments:write"],
  allowsClientCredentials: false,
});

const readTyped = (visit: MemberVisit): Typed => ({
  name: visit.field("name"),
  n8nUrl: visit.field("n8n_url"),
  zapierAppId: visit.field("zapier_app_id"),
  redirectUris: visit.field("redirect_uris"),
  kind: visit.field("kind") === "native" ? "native" : "web",
  scopes: readScopes(visit.fields("scopes")),
  allowsClientCredentials: visit.field("allows_client_credentials") === "yes",
});

const platformOf = ({ request }: MemberVisit): Platform | null =>
  isPlatform(request.params.platform) ? request.params.platform : null;

/** GET /organization/apps/new/:platform */
export function showNewApp(visit: MemberVisit): void {
  const platform = platformOf(visit);
  if (platform) visit.show(newAppPage(visit, platform, untouched(platform), noRemarks));
  else visit.show(notFoundPage(), 404);
}

/** POST /organization/apps/new/:platform: answers with the client id and secret, this once. */
export async function submitNewApp(visit: MemberVisit): Promise<void> {
  const platform = platformOf(visit);
  if (!platform) return visit.show(notFoundPage(), 404);
  const typed = readTyped(visit);
  const made = await tryForm(
    visit,
    ["name", "n8n_url", "zapier_app_id", "redirect_uris", "scopes", "allows_client_credentials"],
    () => create(visit, platform, typed),
    (remarks, status) => visit.show(newAppPage(visit, platform, typed, remarks), status),
  );
  if (made) visit.show(credentialsPage(visit, made.value.client, made.value.secret));
}

async function create(
  { context }: MemberVisit,
  platform: Platform,
  typed: Typed,
): Promise<CreatedClient> {
  const { name, n8nUrl, zapierAppId, ...other } = typed;
  if (platform === "other") {
    const redirectUris = other.redirectUris
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    return createClient(context, { ...other, name, redirectUris });
  }
  const redirectUris = presetRedirectUris(platform, { n8nUrl, zapierAppId });
  return createClient(context, { name, preset: platform, redirectUris });
}

function newAppPage(visit: MemberVisit, platform: Platform, typed: Typed, remarks: Remarks): Page {
  const title = platform === "other" ? "Connect an app" : `Connect ${platforms[platform].name}`;
  return organizationPage(visit, {
    title,
    back: { href: "/organization/apps", label: "All apps" },
    banner: remarks.banner,
    main: html`<div class="card">
      <form method="post" action="/organization/apps/new/${platform}">
        ${csrfField(visit.csrf)}
        ${field({ name: "name", label: "Name", type: "text", autocomplete: "off", hint: "People read it when the app asks them to connect.", value: typed.name, fault: remarks.faults.name, maxlength: NAME_LENGTH_MAX })}
        ${questions[platform](typed, remarks)}
        <button class="primary">Connect</button>
      </form>
    </div>`,
  });
}

/** What has to be known of each platform, beside the name. */
const questions: Record<Platform, (typed: Typed, remarks: Remarks) => HtmlValue> = {
  n8n: ({ n8nUrl }, { faults }) =>
    field({
      name: "n8n_url",
      label: "Address of your n8n",
      type: "url",
      autocomplete: "off",
      placeholder: "https://n8n.example.com",
      hint: "What your browser shows before /home/workflows when you use n8n.",
      value: n8nUrl,
      fault: faults.n8n_url,
    }),
  zapier: ({ zapierAppId }, { faults }) =>
    field({
      name: "zapier_app_id",
      label: "App number",
      type: "text",
      autocomplete: "off",
      placeholder: "App123456CLIAPI",
      hint: html`It is the last part of the <em>OAuth Redirect URL</em> that Zapier shows under
        Authentication; <code>zapier describe</code> prints it as well.`,
      value: zapierAppId,
      fault: faults.zapier_app_id,
    }),
  make: () => html`<p class="hint">Make needs nothing more: its addresses are known.</p>`,
  other: (typed, { faults }) => [
    textArea({
      name: "redirect_uris",
      label: "Redirect addresses",
      hint: "Where people are sent back to, one address a line. They must match character by character. May stay empty if the app only acts without a person.",
      placeholder: "https://app.example.com/callback",
      value: typed.redirectUris,
      fault: faults.redirect_uris,
    }),
    choices({
      name: "kind",
      label: "It runs",
      kind: "radio",
      chosen: [typed.kind],
      options: [
        { value: "web", label: "On a server", hint: "It can keep a secret." },
        { value: "native", label: "On people's own devices", hint: "It gets no secret." },
      ],
    }),
    scopeChoices({ label: "It may ask for", chosen: typed.scopes, fault: faults.scopes }),
    checkbox({
      name: "allows_client_credentials",
      label: "It may also act without a person",
      hint: "As a connection of its own, by its id and secret alone (client credentials).",
      isChecked: typed.allowsClientCredentials,
      fault: faults.allows_client_credentials,
    }),
  ],
};

/** What to fill in at the platform: the one page that shows the secret. */
export function credentialsPage(
  visit: MemberVisit,
  client: OAuthClient,
  secret: string | null,
  note?: HtmlValue,
): Page {
  return organizationPage(visit, {
    title: "Fill this in",
    banner: secret !== null && shownOnce("This is the app's secret"),
    main: html`<div class="card">
      ${note}${recipe(client, visit.services.publicUrl, secret)}
      ${client.kind === "native" && html`<p class="hint">There is no secret: on people's own devices, it would not stay one.</p>`}
      <p><a class="button" href="/organization/apps/${client.id}">I have copied it</a></p>
    </div>`,
  });
}

/** The platform's form, line by line, for `client`. */
export function recipe(client: OAuthClient, publicUrl: string, secret: string | null): Html {
  const { where, settings } = recipeFor(client, publicUrl, secret);
  return html`<p>${where}</p>
    ${settings.map(({ label, value, isChoice }, i) =>
      isChoice
        ? factList([[label, html`<strong>${value}</strong>`]])
        : copyable({ id: `setting-${i + 1}`, label, text: value }),
    )}
    <p class="hint">
      ${oneLine(client.name)} sends people back to
      ${
        client.redirectUris.length > 0
          ? client.redirectUris.map((uri, i) => [i > 0 && " or ", html`<code>${uri}</code>`])
          : "no address"
      }.
    </p>`;
}
