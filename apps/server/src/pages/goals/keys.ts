import {
  createGoalsKey,
  goalsScopes,
  listGoalsKeys,
  revokeGoalsKey,
  type GoalsKey,
  type GoalsScope,
} from "@sayso/core";
import { scopes } from "@sayso/catalogue";
import { html, type Html, type HtmlValue } from "../html.ts";
import { choices } from "../inputs.ts";
import { field, type Page } from "../layout.ts";
import { doneBanner } from "../part-page.ts";
import { confirm, copyable, rows, section, shownOnce, type Row } from "../pieces.ts";
import { faulty, noRemarks, tryForm, type Remarks } from "../refusal.ts";
import type { MemberVisit } from "../site.ts";
import { relativeTime } from "../times.ts";
import { oneLine } from "../untrusted-text.ts";
import { form, none } from "./goal-pieces.ts";
import { goalsPage } from "./part.ts";

interface Typed {
  name: string;
  scopes: readonly GoalsScope[];
}

const untouched: Typed = { name: "", scopes: ["okrs:read", "kpis:read"] };

/** GET /goals/keys: for admins. */
export async function showKeys(visit: MemberVisit): Promise<void> {
  visit.show(await keysPage(visit, untouched, noRemarks));
}

/** POST /goals/keys: answers with the key itself, this once; no address ever holds it. */
export async function submitKey(visit: MemberVisit): Promise<void> {
  const chosen = visit.fields("scopes");
  const typed: Typed = {
    name: visit.field("name"),
    scopes: goalsScopes.filter((scope) => chosen.includes(scope)),
  };
  const showAgain = async (remarks: Remarks, status: number) =>
    visit.show(await keysPage(visit, typed, remarks), status);
  if (typed.scopes.length === 0)
    return showAgain(faulty("scopes", "Choose at least one thing that it may do"), 422);
  const made = await tryForm(
    visit,
    ["name", "scopes"],
    () => createGoalsKey(visit.context, typed),
    showAgain,
  );
  if (made) visit.show(newKeyPage(visit, typed.name.trim(), made.value.key));
}

/** POST /goals/keys/:id/revoke */
export async function submitKeyRevocation(visit: MemberVisit): Promise<void> {
  await revokeGoalsKey(visit.context, String(visit.request.params.id));
  visit.redirect("/goals/keys?done=revoked");
}

async function keysPage(visit: MemberVisit, typed: Typed, remarks: Remarks): Promise<Page> {
  const keys = await listGoalsKeys(visit.context);
  const living = keys.filter(({ revokedAt }) => revokedAt === null);
  const revoked = keys.filter(({ revokedAt }) => revokedAt !== null);
  const now = new Date();
  return goalsPage(visit, {
    title: "Keys",
    banner:
      remarks.banner ||
      doneBanner(visit, {
        revoked: "The key is revoked. Whatever used it is refused from now on.",
      }),
    lead: "With a key, another program reads goals or reports to them, 60 times a minute at most.",
    main: [
      section(
        "keys",
        "Keys of this organization",
        rows(living.map((key) => livingRow(key, visit.csrf, now))) || none("There is none yet."),
      ),
      section("new-key", "Make a key", keyForm(visit, typed, remarks)),
      revoked.length > 0 && revokedKeys(revoked, now),
    ],
  });
}

const livingRow = (key: GoalsKey, csrf: string, now: Date): Row => ({
  title: oneLine(key.name),
  facts: [
    keyMark(key),
    key.lastUsedAt ? html`used ${relativeTime(key.lastUsedAt, now)}` : "not used lately",
    html`${oneLine(key.ownerName)} answers for it`,
    key.scopes.join(", "),
  ],
  actions: confirm({
    action: `/goals/keys/${key.id}/revoke`,
    csrf,
    label: "Revoke",
    about: oneLine(key.name),
    warning: "Whatever uses this key is refused at once. It can't be brought back.",
    button: "Revoke",
  }),
});

const keyMark = ({ prefix, lastFour }: GoalsKey): Html => html`<code>${prefix}…${lastFour}</code>`;

const keyForm = (visit: MemberVisit, typed: Typed, { faults }: Remarks): Html =>
  form(visit, "/goals/keys", [
    field({
      name: "name",
      label: "Name",
      type: "text",
      autocomplete: "off",
      hint: "What uses it: “Weekly dashboard”.",
      value: typed.name,
      fault: faults.name,
      maxlength: 200,
    }),
    choices({
      name: "scopes",
      label: "It may",
      kind: "checkbox",
      chosen: typed.scopes,
      fault: faults.scopes,
      options: goalsScopes.map((scope) => ({
        value: scope,
        label: scopes[scope],
        hint: html`<code>${scope}</code>`,
      })),
    }),
    html`<button class="primary">Make the key</button>`,
  ]);

const newKeyPage = (visit: MemberVisit, name: string, key: string): Page =>
  goalsPage(visit, {
    title: "Your new key",
    banner: shownOnce("This is the new key"),
    main: html`<div class="card">
      ${copyable({ id: "key", label: html`Key “${oneLine(name)}”`, text: key, hint: html`Send it as <code>Authorization: Bearer …</code>` })}
      <p><a class="button" href="/goals/keys">I have copied it</a></p>
    </div>`,
  });

const revokedKeys = (keys: readonly GoalsKey[], now: Date): HtmlValue =>
  html`<details class="past">
    <summary>Revoked (${keys.length})</summary>
    ${rows(
      keys.map((key) => ({
        title: oneLine(key.name),
        facts: [keyMark(key), key.revokedAt && html`revoked ${relativeTime(key.revokedAt, now)}`],
      })),
    )}
  </details>`;
