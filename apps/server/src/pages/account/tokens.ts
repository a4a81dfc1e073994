import { createToken, DomainError, listTokens, revokeToken, type PersonalToken } from "@sayso/core";
import { confirmFirst } from "../../site/confirm-first.ts";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import { select } from "../../html/inputs.ts";
import { field, type Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { rows, section, type Row } from "../../html/rows.ts";
import { copyable, shownOnce } from "../../html/copyable.ts";
import { confirm } from "../../html/button-forms.ts";
import { faulty, noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import { readScopes, scopeChoices } from "../../html/scope-choices.ts";
import type { MemberVisit } from "../../site/site.ts";
import { exactTime, relativeTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { accountPage } from "./account-page.ts";

const NAME_LENGTH_MAX = 100;
const lifetimes = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["none", "No expiration"],
] as const;

interface Typed {
  name: string;
  scopes: readonly string[];
  expiry: string;
}

const untouched: Typed = {
  name: "",
  scopes: ["approvals:read", "approvals:write", "comments:write"],
  expiry: "90",
};

/**
 * GET /account/tokens: shows the person's own tokens, and a form to make one. After a confirmation the form holds the
 * input from before.
 */
export async function showTokens(visit: MemberVisit): Promise<void> {
  const { searchParams } = new URL(visit.request.originalUrl, visit.services.publicUrl);
  const typed: Typed = {
    name: searchParams.get("name") ?? "",
    scopes: readScopes(searchParams.getAll("scopes")),
    expiry: searchParams.get("expiry") ?? untouched.expiry,
  };
  visit.show(await tokensPage(visit, searchParams.has("expiry") ? typed : untouched, noRemarks));
}

/** Returns the address of the page with the form's input. */
function pageWith({ name, scopes, expiry }: Typed): string {
  const fields: [string, string][] = [
    ["name", name],
    ["expiry", expiry],
  ];
  for (const scope of scopes) fields.push(["scopes", scope]);
  return `/account/tokens?${new URLSearchParams(fields).toString()}`;
}

/** POST /account/tokens: answers with the token itself, this once. No address ever holds it. */
export async function submitToken(visit: MemberVisit): Promise<void> {
  const typed: Typed = {
    name: visit.field("name"),
    scopes: readScopes(visit.fields("scopes")),
    expiry: visit.field("expiry"),
  };
  const showAgain = async (remarks: Remarks, status: number) =>
    visit.show(await tokensPage(visit, typed, remarks), status);
  if (typed.scopes.length === 0)
    return showAgain(faulty("scopes", "Choose at least one scope"), 422);
  const lifetime = lifetimes.find(([value]) => value === typed.expiry)?.[0];
  if (lifetime === undefined) return showAgain(faulty("expiry", "Choose an expiration"), 422);
  const expiresAt =
    lifetime === "none" ? undefined : new Date(Date.now() + Number(lifetime) * 86_400_000);
  const made = await tryForm(
    visit,
    ["name"],
    () =>
      confirmFirst(visit, pageWith(typed), () =>
        createToken(visit.context, { name: typed.name, scopes: typed.scopes, expiresAt }),
      ),
    showAgain,
  );
  if (made?.value) visit.show(newTokenPage(visit, typed.name.trim(), made.value.token));
}

/** POST /account/tokens/:id/revoke: revokes the person's own token. An admin revokes those of others elsewhere. */
export async function submitTokenRevocation(visit: MemberVisit): Promise<void> {
  const own = await listTokens(visit.context);
  const token = own.find(({ id }) => id === visit.request.params.id);
  if (!token) throw new DomainError("not_found", "You have no such token.");
  await revokeToken(visit.context, token.id);
  visit.redirect("/account/tokens?done=revoked");
}

async function tokensPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const tokens = await listTokens(visit.context);
  const now = new Date();
  const isLiving = ({ revokedAt, expiresAt }: PersonalToken) =>
    revokedAt === null && (expiresAt === null || expiresAt > now);
  const living = tokens.filter(isLiving);
  const ended = tokens.filter((token) => !isLiving(token));
  return accountPage(visit, {
    title: "Personal tokens",
    banner:
      remarks.banner ||
      doneBanner(visit, {
        revoked: "Token revoked. Programs that use it have lost access.",
      }),
    lead: html`A personal token lets your own program use the API as you: Sayso records its actions
    as yours. Keep it secret.`,
    main: html`${section(
      "tokens",
      "Your tokens",
      rows(living.map((token) => livingRow(token, visit.csrf, now))) ||
        html`<p class="none">
          No tokens yet. Use a connection for an automation that others rely on.
        </p>`,
    )}
    ${section("new-token", "New token", tokenForm(visit.csrf, typed, remarks))}
    ${ended.length > 0 && endedTokens(ended, now)}`,
  });
}

function livingRow(token: PersonalToken, csrf: string, now: Date): Row {
  const { name, expiresAt, lastUsedAt } = token;
  return {
    title: oneLine(name),
    facts: [
      tokenMark(token),
      lastUsedAt ? html`last used ${relativeTime(lastUsedAt, now)}` : "never used",
      expiresAt ? html`expires ${relativeTime(expiresAt, now)}` : "no expiration",
      token.scopes.join(", "),
    ],
    actions: confirm({
      action: `/account/tokens/${token.id}/revoke`,
      csrf,
      label: "Revoke",
      about: oneLine(name),
      warning: "Programs that use this token lose access at once. This can't be undone.",
      button: "Revoke",
    }),
  };
}

const tokenMark = ({ prefix, lastFour }: PersonalToken): Html =>
  html`<code>${prefix}…${lastFour}</code>`;

function tokenForm(csrf: string, typed: Typed, { faults }: Remarks): Html {
  return html`<form method="post" action="/account/tokens">
    ${csrfField(csrf)}
    ${field({ name: "name", label: "Name", type: "text", autocomplete: "off", hint: "The program that uses it, for example “Backup script on my laptop”.", value: typed.name, fault: faults.name, maxlength: NAME_LENGTH_MAX })}
    ${scopeChoices({ label: "Scopes", chosen: typed.scopes, fault: faults.scopes })}
    ${select({ name: "expiry", label: "Expiration", options: lifetimes, value: typed.expiry, fault: faults.expiry })}
    <button class="primary">Create token</button>
  </form>`;
}

function newTokenPage(visit: MemberVisit, name: string, token: string): Page {
  return accountPage(visit, {
    title: "Your new token",
    banner: shownOnce("Your new token"),
    main: html`<div class="card">
      ${copyable({ id: "token", label: html`Token “${oneLine(name)}”`, text: token, hint: html`Send it as <code>Authorization: Bearer …</code>` })}
      <p><a class="button" href="/account/tokens">I've copied it</a></p>
    </div>`,
  });
}

const endedTokens = (tokens: readonly PersonalToken[], now: Date): HtmlValue =>
  html`<details class="past">
    <summary>Revoked and expired (${tokens.length})</summary>
    ${rows(
      tokens.map((token) => ({
        title: oneLine(token.name),
        facts: [
          tokenMark(token),
          token.revokedAt
            ? html`revoked ${relativeTime(token.revokedAt, now)}`
            : token.expiresAt && html`expired ${exactTime(token.expiresAt)}`,
        ],
      })),
    )}
  </details>`;
