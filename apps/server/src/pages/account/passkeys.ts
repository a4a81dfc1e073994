import {
  beginPasskeyRegistration,
  findPasskeyObstacle,
  finishPasskeyRegistration,
  listPasskeys,
  mayAddPasskey,
  removePasskey,
  renamePasskey,
  type Passkey,
} from "@sayso/core";
import { answerJson } from "../../site/answer-json.ts";
import { csrfField } from "../../html/csrf.ts";
import { html, type Html, type HtmlValue } from "../../html/html.ts";
import type { Page } from "../../html/layout.ts";
import { doneBanner } from "../../site/tabbed-page.ts";
import { passkeyForm, readCredential } from "../signing-in/passkey-form.ts";
import { rows, section, type Row } from "../../html/rows.ts";
import { confirm } from "../../html/button-forms.ts";
import { noRemarks, tryForm, type Remarks } from "../../site/refusal.ts";
import type { MemberVisit } from "../../site/site.ts";
import { relativeTime } from "../../html/times.ts";
import { oneLine } from "../../html/untrusted-text.ts";
import { accountPage } from "./account-page.ts";

const NAME_LENGTH_MAX = 100;

const done = {
  added: "Passkey added. You can now sign in with it.",
  renamed: "Passkey renamed.",
  removed: "Passkey removed. It no longer works for signing in.",
};

const idOf = (visit: MemberVisit): string => String(visit.request.params.id);

/** GET /account/passkeys: shows the person's own passkeys, and a button that adds one. */
export async function showPasskeys(visit: MemberVisit): Promise<void> {
  visit.show(await passkeysPage(visit, noRemarks));
}

/** POST /account/passkeys/options: returns the options for a new passkey, as JSON for the page's script. */
export const givePasskeyOptions = (visit: MemberVisit): Promise<void> =>
  answerJson(visit, () => beginPasskeyRegistration(visit.context, visit.session.signedInAt));

/** POST /account/passkeys: stores the new passkey. */
export async function submitPasskey(visit: MemberVisit): Promise<void> {
  const credential = readCredential(visit.field("credential"));
  const added = await tryForm(
    visit,
    [],
    () => finishPasskeyRegistration(visit.context, credential),
    async (remarks, status) => visit.show(await passkeysPage(visit, remarks), status),
  );
  if (added) visit.redirect("/account/passkeys?done=added");
}

/** POST /account/passkeys/:id/name: renames a passkey. */
export async function submitPasskeyName(visit: MemberVisit): Promise<void> {
  const [id, name] = [idOf(visit), visit.field("name")];
  const renamed = await tryForm(
    visit,
    ["name"],
    () => renamePasskey(visit.context, id, name),
    async (remarks, status) => visit.show(await passkeysPage(visit, remarks, { id, name }), status),
  );
  if (renamed) visit.redirect("/account/passkeys?done=renamed");
}

/** POST /account/passkeys/:id/remove: removes a passkey. */
export async function submitPasskeyRemoval(visit: MemberVisit): Promise<void> {
  const removed = await tryForm(
    visit,
    [],
    () => removePasskey(visit.context, idOf(visit)),
    async (remarks, status) => visit.show(await passkeysPage(visit, remarks), status),
  );
  if (removed) visit.redirect("/account/passkeys?done=removed");
}

/** A refused name, and its passkey. */
interface Typed {
  id: string;
  name: string;
}

async function passkeysPage(visit: MemberVisit, remarks: Remarks, typed?: Typed): Promise<Page> {
  const passkeys = await listPasskeys(visit.context);
  const now = new Date();
  const page = accountPage(visit, {
    title: "Passkeys",
    banner: remarks.banner || doneBanner(visit, done),
    lead: html`A passkey signs you in with your fingerprint, your face or a PIN instead of your
    password. Nobody can guess it, and it doesn't work on fake sites.`,
    main: [
      section("passkeys", "Your passkeys", [
        rows(passkeys.map((passkey) => passkeyRow(passkey, visit.csrf, now, remarks, typed))) ||
          html`<p class="none">No passkeys yet.</p>`,
        addForm(visit),
      ]),
    ],
  });
  return { ...page, scriptPath: visit.site.passkeyScriptPath };
}

/**
 * Renders the button, or the reason why there is none. The reason stands there without a script; the script hides it if
 * passkeys work.
 */
function addForm({ services, csrf, session }: MemberVisit): HtmlValue {
  const obstacle = findPasskeyObstacle(services);
  if (obstacle) {
    return html`<p class="notice calm">
      ${obstacle}, so you can't add a passkey. The administrator of this server can set SAYSO_URL to
      an address like https://sayso.example.com.
    </p>`;
  }
  if (!mayAddPasskey(session.signedInAt)) {
    return html`<p class="notice calm">
        To add a passkey, confirm your identity first: you signed in more than 15 minutes ago.
      </p>
      <p>
        <a class="button" href="/account/confirm?next=/account/passkeys">Confirm your identity</a>
      </p>`;
  }
  const address = `${services.publicUrl}/account/passkeys`;
  return [
    passkeyForm(services, {
      does: "create",
      action: "/account/passkeys",
      button: html`<button>Add passkey</button>`,
      content: csrfField(csrf),
    }),
    html`<p class="notice calm" data-without-passkeys>
      To add a passkey, open <a href="${address}">${address}</a> in a browser that supports passkeys
      and has JavaScript enabled.
    </p>`,
  ];
}

function passkeyRow(
  passkey: Passkey,
  csrf: string,
  now: Date,
  { faults }: Remarks,
  typed: Typed | undefined,
): Row {
  const { id, name, isSynced, createdAt, lastUsedAt } = passkey;
  const about = oneLine(name);
  return {
    title: about,
    facts: [
      html`added ${relativeTime(createdAt, now)}`,
      lastUsedAt ? html`last used ${relativeTime(lastUsedAt, now)}` : "never used",
      isSynced ? "synced across devices" : "on one device",
    ],
    actions: [
      typed?.id === id
        ? renameForm(id, csrf, typed.name, about, faults.name)
        : renameForm(id, csrf, name, about),
      confirm({
        action: `/account/passkeys/${id}/remove`,
        csrf,
        label: "Remove",
        about,
        warning:
          "You can no longer sign in with it. Delete it from your device or password manager too.",
        button: "Remove",
      }),
    ],
  };
}

/** Renders a form that unfolds. It is open if the name was refused. */
function renameForm(id: string, csrf: string, name: string, about: Html, fault?: string): Html {
  const input = `name-${id}`;
  return html`<details class="ask calm" ${fault ? html`open` : ""}>
    <summary>Rename<span class="unseen"> ${about}</span></summary>
    <form method="post" action="/account/passkeys/${id}/name">
      ${csrfField(csrf)}
      <div class="field">
        <label for="${input}">Name</label>
        <input
          id="${input}"
          name="name"
          type="text"
          autocomplete="off"
          value="${name}"
          required
          maxlength="${NAME_LENGTH_MAX}"
          ${fault ? html`aria-invalid="true" aria-describedby="${input}-fault" autofocus` : ""}
        />
        ${fault && html`<p class="fault" id="${input}-fault">${fault}</p>`}
      </div>
      <button>Save name</button>
    </form>
  </details>`;
}
