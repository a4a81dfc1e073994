import { scopes as scopeWords, type Scope } from "@sayso/catalogue";
import {
  createGrant,
  DECIDE,
  findClientRegistration,
  offersDeciding,
  type ClientRegistration,
} from "@sayso/core";
import { isKeyOf } from "@sayso/exact-json";
import { errors, type Provider } from "oidc-provider";
import { confirmFirst } from "../site/confirm-first.ts";
import { csrfField } from "../html/csrf.ts";
import { html, type Html } from "../html/html.ts";
import type { Page } from "../html/layout.ts";
import type { MemberVisit } from "../site/site.ts";
import { oneLine } from "../html/untrusted-text.ts";
import { consentPath } from "./configuration.ts";

/** An app's question, as oidc-provider checked and kept it. */
interface Asked {
  uid: string;
  client: ClientRegistration;
  /** Without the scope for deciding, which is offered separately. */
  scopes: Scope[];
  /** True: the person can let the app decide in their name. */
  offersDeciding: boolean;
  redirectUri: string;
  resource: string | null;
}

/**
 * Creates the page on which a person reads what an app wants to do in their name, and allows it or not. GET shows it;
 * POST answers and sends them back to the app. It works only in the browser that the app sent here, and only for 15
 * minutes.
 */
export function createConsentPage(provider: Provider): {
  show(visit: MemberVisit): Promise<void>;
  submit(visit: MemberVisit): Promise<void>;
} {
  const read = async ({ request, response, services }: MemberVisit): Promise<Asked | null> => {
    const details = await provider.interactionDetails(request, response).catch((error: unknown) => {
      if (error instanceof errors.SessionNotFound) return null;
      throw error;
    });
    if (!details || details.uid !== request.params.uid) return null;
    const { client_id, scope, redirect_uri, resource: resources } = details.params;
    // The request can name the resource several times, but there is only one.
    const [resource] = [resources].flat();
    const client = await findClientRegistration(services.system, textOf(client_id));
    const scopes = textOf(scope)
      .split(" ")
      .filter((word) => isKeyOf(scopeWords, word));
    // Deciding is offered only if the app's admin registered it for that.
    const mayBeOffered = client?.organizationId === null || client?.scopes.includes(DECIDE);
    return (
      client && {
        uid: details.uid,
        client,
        scopes: scopes.filter((word) => word !== DECIDE),
        offersDeciding: mayBeOffered === true && offersDeciding(scopes),
        redirectUri: textOf(redirect_uri),
        resource: typeof resource === "string" ? resource : null,
      }
    );
  };

  return {
    async show(visit) {
      const asked = await read(visit);
      if (!asked) visit.show(expiredPage(), 404);
      else if (isOfAnother(asked.client, visit)) visit.show(elsewherePage(asked, visit), 403);
      else visit.show(consentPage(asked, visit));
    },

    async submit(visit) {
      const { request, response, context } = visit;
      const asked = await read(visit);
      if (!asked) return visit.show(expiredPage(), 404);
      const scopes = asked.scopes.concat(
        asked.offersDeciding && visit.field("decide") === "yes" ? [DECIDE] : [],
      );
      if (visit.field("answer") !== "allow" || scopes.length === 0) {
        return provider.interactionFinished(request, response, {
          error: "access_denied",
          error_description: "The person did not authorize the app",
        });
      }
      if (isOfAnother(asked.client, visit)) return visit.show(elsewherePage(asked, visit), 403);
      const { client, resource, uid: questionId } = asked;
      const allowed = { clientId: client.id, scopes, resource, questionId };
      // Only deciding needs a recent sign-in. The person comes back to the question with the box ticked.
      const ticked = `${consentPath(questionId)}?decide=yes`;
      const grantId = await confirmFirst(visit, ticked, () => createGrant(context, allowed));
      if (grantId === null) return;
      await provider.interactionFinished(request, response, {
        login: { accountId: visit.session.actor.personId, remember: false },
        consent: { grantId },
      });
    },
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const isOfAnother = (client: ClientRegistration, { session }: MemberVisit): boolean =>
  client.organizationId !== null && client.organizationId !== session.organizationId;

/** Returns the browser's target after the answer, as a CSP source. */
function formTargetOf(redirectUri: string): string {
  const { protocol, origin } = new URL(redirectUri);
  return origin === "null" ? protocol : origin;
}

function consentPage(asked: Asked, { session, csrf, request }: MemberVisit): Page {
  const { client, redirectUri, uid } = asked;
  const name = oneLine(client.name);
  return {
    title: `Connect ${client.name}`,
    shape: "form",
    formTargets: [formTargetOf(redirectUri)],
    main: html` <div class="card">
      <h1>Connect ${name}?</h1>
      <p class="lead">
        ${name} wants to act in your name (${oneLine(session.personName)}) in
        ${oneLine(session.organizationName)}. It asks for permission to:
      </p>
      ${
        asked.scopes.length > 0
          ? html`<ul class="scopes">
              ${asked.scopes.map((scope) => html`<li>${scopeWords[scope]}</li>`)}
            </ul>`
          : html`<p>Do nothing, unless you tick the box:</p>`
      }
      ${client.organizationId === null && strangerNotice}
      <p class="hint">
        You return to <strong>${oneLine(whereTo(redirectUri))}</strong>. You can revoke the app at
        any time under Account, Apps.
      </p>
      <form method="post" action="${consentPath(uid)}" class="answer">
        ${csrfField(csrf)}
        ${asked.offersDeciding && decidingChoice(name, request.query.decide === "yes")}
        <button class="primary wide" name="answer" value="allow">Allow</button>
        <button class="wide" name="answer" value="refuse">Don't allow</button>
      </form>
    </div>`,
  };
}

/**
 * Renders the box for deciding. It is off until somebody ticks it: most apps only ask, and an app that asks and decides
 * needs no person. It is on for a person who ticked it and then had to confirm their identity. An app can't send
 * anybody here with it on, because it doesn't know the question's address.
 */
const decidingChoice = (name: Html, isTicked: boolean): Html =>
  html`<div class="tick">
    <input
      type="checkbox"
      id="decide"
      name="decide"
      value="yes"
      aria-describedby="decide-hint"
      ${isTicked && html`checked`}
    />
    <label for="decide">Vote in your name</label>
    <p class="hint" id="decide-hint">
      ${name} can then approve and reject requests as you. Leave this off for an app that only asks.
      The app can never vote on its own requests.
    </p>
  </div>`;

const strangerNotice: Html = html`<div class="banner note">
  <p>
    This app registered itself, and nobody in your organization has reviewed it. Allow it only if
    you have just started to connect it.
  </p>
</div>`;

/** Returns the host of a web app, or the whole address of an app on this device. */
function whereTo(redirectUri: string): string {
  const url = new URL(redirectUri);
  return /^https?:$/.test(url.protocol) ? url.host : redirectUri;
}

const elsewherePage = ({ client }: Asked, { session }: MemberVisit): Page => ({
  title: "Another organization",
  shape: "form",
  main: html` <div class="card">
    <h1>Another organization's app</h1>
    <p>
      ${oneLine(client.name)} belongs to another organization, and you are signed in to
      ${oneLine(session.organizationName)}. If you belong to both, switch organizations at the top
      of the page and open this page again. Otherwise ask the person who gave you the app.
    </p>
  </div>`,
});

const expiredPage = (): Page => ({
  title: "Start again",
  shape: "form",
  main: html` <div class="card">
    <h1>This question has expired</h1>
    <p>
      The app's question has expired, was already answered, or was opened in another browser. Go
      back to the app and connect it again.
    </p>
  </div>`,
});
