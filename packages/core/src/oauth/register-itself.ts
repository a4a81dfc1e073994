import { clientName } from "@sayso/fields";
import { hashSecret, keyLastFour } from "../credentials/api-key.ts";
import type { SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import { invalidInput } from "../errors.ts";
import { readField } from "../read-field.ts";
import { checkClient } from "./create-client.ts";
import { isLoopback, type ClientKind } from "./redirect-uris.ts";

/** An app that registers itself (RFC 7591). */
export interface SelfRegistration {
  /** A UUID. */
  clientId: string;
  name: string;
  kind: ClientKind;
  redirectUris: string[];
  scopes: string[];
  /** Null: a public client. */
  secret: string | null;
  /** True is refused, because nobody answers for the app. */
  allowsClientCredentials: boolean;
}

/**
 * Stores an app that registered itself. It belongs to no organization and can do nothing until somebody allows it. It
 * can never act without a person.
 *
 * @throws DomainError `validation_failed`
 */
export async function registerItself(
  services: SystemPool,
  client: SelfRegistration,
): Promise<void> {
  const { clientId, kind, redirectUris, scopes, secret } = client;
  if (client.allowsClientCredentials) {
    throw invalidInput({
      field: "grant_types",
      message:
        "An app that registers itself can't act without a person: leave client_credentials out",
    });
  }
  if (kind === "web") requireTls(redirectUris);
  const name = readField("name", clientName, client.name);
  checkClient({ kind, redirectUris, scopes, allowsClientCredentials: false });
  await withRetries(() =>
    services.system.query(
      `insert into oauth_clients (id, name, kind, redirect_uris, scopes, secret_hash, secret_last_four)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
      [
        clientId,
        name,
        kind,
        redirectUris,
        scopes,
        secret && hashSecret(secret),
        secret && keyLastFour(secret),
      ],
    ),
  );
}

/**
 * Refuses plain http except on a loopback address: nobody vouches for an app that registers itself, so a code must not
 * cross a network to it in the clear.
 */
function requireTls(redirectUris: readonly string[]): void {
  const open = redirectUris.find((text) => isPlainHttp(text) && !isLoopback(text));
  if (open === undefined) return;
  throw invalidInput({
    field: "redirect_uris",
    message: `${JSON.stringify(open.slice(0, 200))} must use https, unless it is a loopback address; an admin can register an app at an http:// address`,
  });
}

const isPlainHttp = (text: string): boolean =>
  URL.canParse(text) && new URL(text).protocol === "http:";
