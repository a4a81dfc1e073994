import { clientName } from "@sayso/fields";
import { personBehind } from "../actors/actor.ts";
import type { ConnectionPreset } from "../connections/connection.ts";
import { createOAuthSecret, hashSecret, keyLastFour } from "../credentials/api-key.ts";
import { insertConnection } from "../connections/create-connection.ts";
import type { Context } from "../context.ts";
import type { InOrganization, NewIds, Secrets } from "../capabilities.ts";
import { DomainError, invalidInput } from "../errors.ts";
import { isOneOf } from "../is-one-of.ts";
import { recordEvent } from "../events/record-event.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { requireAdmin } from "../actors/require-admin.ts";
import { readClient, type OAuthClient } from "./client.ts";
import { checkRedirectUris, type ClientKind } from "./redirect-uris.ts";
import { scopes as allScopes } from "../credentials/scopes.ts";
import { readField } from "../read-field.ts";

export interface CreateClientInput {
  /** The name that people read on the consent page, 1–200 characters. */
  name: string;
  preset?: ConnectionPreset | null;
  /** Default `web`. */
  kind?: ClientKind;
  /** Compared character by character; see checkRedirectUris. Can be empty only with client credentials. */
  redirectUris: readonly string[];
  /** The scopes that it can ask for; default: all. */
  scopes?: readonly string[];
  /** Default false. Only for `web`. */
  allowsClientCredentials?: boolean;
}

export interface CreatedClient {
  client: OAuthClient;
  /** `cs_…`, shown this once. Null for a native app, which could not keep it. */
  secret: string | null;
}

/** Requests per hour of each grant of an app, and of the app without a person. */
const RATE_LIMIT_PER_HOUR = 1000;

/**
 * Registers an app (an OAuth client) with a connection of its own. Everything that the app asks goes through that
 * connection, with its limits, defaults and webhook secret. A preset's defaults fill in the fields that published
 * clients leave out.
 *
 * @throws DomainError `forbidden`: only an admin may; `validation_failed`
 */
export async function createClient(
  context: Context<InOrganization & Secrets & NewIds>,
  input: CreateClientInput,
): Promise<CreatedClient> {
  const { actor, services, organizationId } = context;
  requireAdmin(actor, "register an app");
  const ownerId = personBehind(actor);
  if (ownerId === null)
    throw new DomainError("forbidden", "An app needs a person who answers for it");
  const client = {
    ...input,
    name: readField("name", clientName, input.name),
    preset: input.preset ?? null,
    kind: input.kind ?? ("web" as const),
    scopes: input.scopes ?? allScopes,
    allowsClientCredentials: input.allowsClientCredentials ?? false,
  };
  checkClient(client);
  const id = services.newId();
  const secret = client.kind === "web" ? createOAuthSecret("clientSecret") : null;
  return inOrganization(context, async (db) => {
    const connection = await insertConnection(db, context, ownerId, {
      name: client.name,
      preset: client.preset,
      rateLimitPerHour: RATE_LIMIT_PER_HOUR,
    });
    await db.query(
      `insert into oauth_clients (id, organization_id, connection_id, name, preset, kind, redirect_uris, scopes,
         allows_client_credentials, secret_hash, secret_last_four, created_by, secret_made_by, secret_made_via)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)`,
      [
        id,
        organizationId,
        connection.id,
        client.name,
        client.preset,
        client.kind,
        client.redirectUris,
        client.scopes,
        client.allowsClientCredentials,
        secret && hashSecret(secret),
        secret && keyLastFour(secret),
        ownerId,
        actor.kind === "person" ? actor.via : null,
      ],
    );
    await recordEvent(db, context, "client.created", {
      client_id: id,
      connection_id: connection.id,
      name: client.name,
      redirect_uris: client.redirectUris,
      scopes: client.scopes,
      allows_client_credentials: client.allowsClientCredentials,
    });
    return { client: await readClient(db, id), secret };
  });
}

/**
 * Checks an app's scopes and redirect URIs.
 *
 * @throws DomainError `validation_failed`
 */
export function checkClient(client: {
  kind: ClientKind;
  redirectUris: readonly string[];
  scopes: readonly string[];
  allowsClientCredentials: boolean;
}): void {
  const { kind, redirectUris, scopes, allowsClientCredentials } = client;
  const unknown = scopes.find((scope) => !isOneOf(allScopes, scope));
  if (unknown !== undefined || scopes.length === 0) {
    throw invalidInput({
      field: "scopes",
      message: `scopes must be one or more of ${allScopes.join(" ")}`,
    });
  }
  if (allowsClientCredentials && kind === "native") {
    throw invalidInput({
      field: "allows_client_credentials",
      message: "A native app can't keep a secret, so it can't act without a person",
    });
  }
  if (redirectUris.length === 0 && !allowsClientCredentials) {
    throw invalidInput({
      field: "redirect_uris",
      message: "redirect_uris needs at least one address to send people back to",
    });
  }
  checkRedirectUris(redirectUris, kind);
}
