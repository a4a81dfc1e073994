import { AsyncLocalStorage } from "node:async_hooks";
import type { QueryConfig, QueryResultRow } from "pg";
import {
  deriveOAuthSecret,
  hashSecret,
  isWellFormedOAuthSecret,
  type OAuthSecretKind,
} from "../credentials/api-key.ts";
import type { AcrossOrganizations, NewIds, Secrets } from "../capabilities.ts";
import { withoutRetries, withRetries } from "../transactions/database-errors.ts";
import { DomainError } from "../errors.ts";
import type { Queryable } from "../queryable.ts";
import { runTransaction } from "../transactions/transaction.ts";

/** The kinds of codes and tokens that the authorization server stores by their hash, as oidc-provider names them. */
export type TokenKind = "AuthorizationCode" | "AccessToken" | "RefreshToken" | "ClientCredentials";

/** A stored code or token, without the code or token itself. */
export interface StoredToken {
  payload: Record<string, unknown>;
  grantId: string | null;
  isConsumed: boolean;
  /** By the database's clock. */
  isExpired: boolean;
}

export interface TokenStore {
  /**
   * Runs `work` with all of this store's calls in one transaction, and commits. A token's request is all or nothing: a
   * process that dies in the middle has not used up the code. Not retried.
   *
   * @throws the error of `work`, after a rollback; DomainError `unavailable`
   */
  transaction(work: () => Promise<void>): Promise<void>;
  /**
   * The transaction under way, or the pool. A token's request must do all its reads here, so that it needs no second
   * connection.
   */
  readonly db: Queryable;
  /** Stores a token. One that is stored already stays as it is. */
  save(kind: TokenKind, token: string, stored: NewToken): Promise<void>;
  /**
   * Returns the token, even expired or consumed, unless its grant was revoked. In a transaction, the grant is locked
   * first, so that of two requests with one code the second sees the changes of the first. A text that can't be a token
   * costs no query.
   */
  find(kind: TokenKind, token: string): Promise<StoredToken | null>;
  /** Marks a code or refresh token as used. */
  consume(kind: TokenKind, token: string): Promise<void>;
  /** Deletes a token. */
  destroy(kind: TokenKind, token: string): Promise<void>;
  /** Ends a grant with all its tokens, and records the reason. */
  revokeGrant(grantId: string, reason: "reuse" | "client"): Promise<void>;
  /**
   * Returns the refresh token that follows this one. It is always the same, so that a client that asks twice within the
   * grace gets one chain.
   */
  successorOf(refreshToken: string): string;
}

export interface NewToken {
  clientId: string;
  grantId: string | null;
  payload: Record<string, unknown>;
  /** Counted from now. */
  expiresInSeconds: number;
}

/**
 * The time in which a used refresh token is accepted again, if its successor has not been used. It covers a lost answer
 * and two simultaneous requests.
 */
const REFRESH_GRACE_SECONDS = 10;

const secretKinds: Record<TokenKind, OAuthSecretKind> = {
  AuthorizationCode: "code",
  AccessToken: "accessToken",
  RefreshToken: "refreshToken",
  ClientCredentials: "accessToken",
};

/** Makes the store of the authorization server's codes and tokens in PostgreSQL, each under its SHA-256. */
export function createTokenStore(services: AcrossOrganizations & Secrets & NewIds): TokenStore {
  const { db, transaction } = createTransactions(services);
  const rotationKey = services.secrets.deriveKey("refresh token rotation");
  const successorOf = (token: string): string =>
    deriveOAuthSecret("refreshToken", rotationKey, token);

  return {
    db,
    transaction,
    successorOf,

    async save(kind, token, { clientId, grantId, payload, expiresInSeconds }) {
      const json = JSON.stringify(payload);
      const { rowCount } = await db.query({
        name: "save_oauth_token",
        text: SAVE,
        values: [hashSecret(token), kind, clientId, grantId, json, expiresInSeconds],
      });
      // Nothing is issued for an app or a grant that has just ended.
      if (rowCount === 0) throw new DomainError("forbidden", "The app is no longer connected");
    },

    async find(kind, token) {
      if (!isWellFormedOAuthSecret(token, secretKinds[kind])) return null;
      const hash = hashSecret(token);
      if (db.isInTransaction() && kind !== "ClientCredentials") {
        await db.query({
          text: `select from oauth_grants
                 where id = (select grant_id from oauth_tokens where token_hash = $1) for update`,
          values: [hash],
        });
      }
      const { rows } = await db.query<StoredToken>({
        name: "find_oauth_token",
        text: FIND,
        values: [hash, kind, kind === "RefreshToken" ? hashSecret(successorOf(token)) : null],
      });
      return rows[0] ?? null;
    },

    async consume(kind, token) {
      await db.query({
        text: `update oauth_tokens set consumed_at = coalesce(consumed_at, now())
               where token_hash = $1 and kind = $2`,
        values: [hashSecret(token), kind],
      });
    },

    async destroy(kind, token) {
      await db.query({
        text: "delete from oauth_tokens where token_hash = $1 and kind = $2",
        values: [hashSecret(token), kind],
      });
    },

    async revokeGrant(grantId, reason) {
      await db.query({ text: REVOKE_GRANT, values: [grantId, reason, services.newId()] });
    },
  };
}

/** Makes transactions that every call within takes part in, statement by statement. */
function createTransactions(services: AcrossOrganizations): {
  db: Queryable & { isInTransaction(): boolean };
  transaction: TokenStore["transaction"];
} {
  const current = new AsyncLocalStorage<{ db: Queryable; last: Promise<unknown> }>();
  return {
    db: {
      isInTransaction: () => current.getStore() !== undefined,
      query<Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]) {
        const within = current.getStore();
        if (!within) return withRetries(() => services.system.query<Row>(statement, values));
        // oidc-provider sends several statements at once, but a connection runs them one after the other.
        const result = within.last.then(() => within.db.query<Row>(statement, values));
        within.last = result.catch(() => undefined);
        return withoutRetries(() => result);
      },
    },
    transaction: (work) =>
      withoutRetries(() =>
        runTransaction(services.system, services, "begin", (db) =>
          current.run({ db, last: Promise.resolve() }, work),
        ),
      ),
  };
}

const SAVE = `
  insert into oauth_tokens (token_hash, kind, organization_id, client_id, grant_id, payload, expires_at)
  select $1, $2, coalesce(g.organization_id, c.organization_id), c.id, g.id, $5, now() + make_interval(secs => $6)
  from oauth_clients c left join oauth_grants g on g.id = $4::uuid
  where c.id = $3::uuid and c.deleted_at is null and coalesce(g.organization_id, c.organization_id) is not null
    and ($4::uuid is null or g.revoked_at is null)
  on conflict (token_hash) do update set kind = excluded.kind`;

/** Treats a refresh token as unused within the grace, while its successor ($3) is unused. */
const FIND = `
  select t.payload, t.grant_id as "grantId", t.expires_at <= now() as "isExpired",
    t.consumed_at is not null and not coalesce($3::bytea is not null
      and t.consumed_at > now() - interval '${REFRESH_GRACE_SECONDS} seconds'
      and exists (select from oauth_tokens n where n.token_hash = $3 and n.consumed_at is null), false) as "isConsumed"
  from oauth_tokens t
  join oauth_clients c on c.id = t.client_id and c.deleted_at is null
  left join oauth_grants g on g.id = t.grant_id
  where t.token_hash = $1 and t.kind = $2 and g.revoked_at is null`;

const REVOKE_GRANT = `
  with revoked as (
    update oauth_grants set revoked_at = now(), revoked_reason = $2
    where id = $1::uuid and revoked_at is null returning id, organization_id, client_id, person_id
  )
  insert into events (id, organization_id, sequence, type, actor_kind, data)
  select $3, organization_id, 0, 'grant.revoked', 'system',
    jsonb_build_object('grant_id', id, 'client_id', client_id, 'person_id', person_id, 'reason', $2::text)
  from revoked`;
