import type { Pool } from "pg";
import type { ConnectionActor, PersonActor } from "../actors/actor.ts";
import type { AcrossOrganizations, PublicAddress, Secrets, SystemPool } from "../capabilities.ts";
import { withRetries } from "../transactions/database-errors.ts";
import {
  hashSecret,
  isWellFormedApiKey,
  isWellFormedOAuthSecret,
  isWellFormedPersonalToken,
  oauthPrefixes,
} from "../credentials/api-key.ts";
import { createCredentialCache } from "./credential-cache.ts";
import {
  authenticateAccessToken as findAccessToken,
  authenticateClaims as findClaims,
  type AccessTokenHolder,
} from "./authenticate-access-token.ts";
import { KEY_SCOPES, LIMITED_KEY_SCOPES } from "../credentials/scopes.ts";
import { createJwtVerifier } from "./verify-jwt.ts";
import { createLastUseRecorder } from "./last-use.ts";
import { authenticateToken as findByTokenHash } from "./authenticate-token.ts";

/** The actor that a credential stands for, and the limits that hold for it. */
export interface Authenticated<Who = ConnectionActor | PersonActor> {
  actor: Who;
  organizationId: string;
  scopes: ReadonlySet<string>;
  rateLimitPerHour: number;
  /** Present for a goals key only: the goals surface counts its requests by the minute. */
  rateLimitPerMinute?: number;
  /** The id that requests are counted against: the connection's, the goals key's, or the person's. */
  bucketId: string;
}

export interface Authenticator {
  /**
   * Returns the connection of an API key (`gk_…`, `okrt_…`). Null when the key is unknown, revoked or expired, when its
   * connection is inactive or deleted, or when the connection's owner is disabled or no longer a member. A text that
   * can't be a key (its checksum is wrong) is refused without a query. Changes take effect on every replica within a
   * second.
   *
   * @throws DomainError `unavailable`
   */
  authenticateKey(rawKey: string): Promise<Authenticated<ConnectionActor> | null>;
  /** The same for a person's token (`sp_…`). */
  authenticateToken(rawToken: string): Promise<Authenticated<PersonActor> | null>;
  /** The same for an app's opaque access token (`sa_…`): a person through an app, or the app by itself. */
  authenticateAccessToken(rawToken: string): Promise<Authenticated | null>;
  /**
   * The same for an app's access token in JWT form, made for `audience`. It is valid only while the grant, the app and
   * the people behind it are.
   */
  authenticateJwt(rawToken: string, audience: string): Promise<Authenticated | null>;
  /** Calls the one of the first three that fits the text's prefix. */
  authenticate(rawCredential: string): Promise<Authenticated | null>;
  /** The number of remembered answers. */
  readonly cacheSize: number;
  /** Writes the last uses. The pools must still be open. */
  close(): Promise<void>;
}

/** Requests per hour of a person, over all their tokens. */
const PERSON_RATE_LIMIT_PER_HOUR = 1000;
/** Requests per hour of a session. High, because the dashboard reads again at every change. */
export const SESSION_RATE_LIMIT_PER_HOUR = 10_000;

/** Requests per minute of a goals key, as the goals API's documentation states it ("Rate limits"). */
const GOALS_KEY_RATE_LIMIT_PER_MINUTE = 60;

/** Short enough that a revocation reaches every replica within 1 s, query time included. */
const CACHE_MAX_AGE_MS = 800;
const CACHE_LIMITS = { found: 10_000, refused: 5_000 };

interface FoundKey {
  keyId: string;
  authenticated: Authenticated<ConnectionActor>;
}

/**
 * Recognises API keys, personal tokens and access tokens. Answers, refusals included, are remembered for 800 ms.
 * Simultaneous lookups of one credential share one query. Last uses of keys and grants are written every 10 s.
 *
 * @param options.onError called when the last uses could not be written (they are tried again)
 */
export function createAuthenticator(
  services: AcrossOrganizations & Secrets & PublicAddress,
  options: { onError?: (error: unknown) => void } = {},
): Authenticator {
  const keys = createCredentialCache<FoundKey>(CACHE_MAX_AGE_MS, CACHE_LIMITS);
  const tokens = createCredentialCache<Authenticated<PersonActor>>(CACHE_MAX_AGE_MS, CACHE_LIMITS);
  const accessTokens = createCredentialCache<AccessTokenHolder>(CACHE_MAX_AGE_MS, CACHE_LIMITS);
  const jwts = createCredentialCache<AccessTokenHolder>(CACHE_MAX_AGE_MS, CACHE_LIMITS);
  const verifyJwt = createJwtVerifier(services);
  const onError = options.onError ?? (() => undefined);
  const lastUse = createLastUseRecorder(services.system, "connection_keys", onError);
  const lastGrantUse = createLastUseRecorder(services.system, "oauth_grants", onError);

  const authenticateKey = async (
    rawKey: string,
  ): Promise<Authenticated<ConnectionActor> | null> => {
    if (!isWellFormedApiKey(rawKey)) return null;
    const hash = hashSecret(rawKey);
    const found = await keys.get(hash.toString("base64"), () => findKey(services.system, hash));
    if (found === null) return null;
    lastUse.note(found.keyId);
    return found.authenticated;
  };

  const authenticateToken = async (
    rawToken: string,
  ): Promise<Authenticated<PersonActor> | null> => {
    if (!isWellFormedPersonalToken(rawToken)) return null;
    const hash = hashSecret(rawToken);
    return tokens.get(hash.toString("base64"), () => findToken(services, hash));
  };

  const authenticateAccessToken = async (rawToken: string): Promise<Authenticated | null> => {
    if (!isWellFormedOAuthSecret(rawToken, "accessToken")) return null;
    const hash = hashSecret(rawToken);
    const found = await accessTokens.get(hash.toString("base64"), () =>
      findAccessToken(services.system, hash),
    );
    if (found?.grantId) lastGrantUse.note(found.grantId);
    return found?.authenticated ?? null;
  };

  const authenticateJwt = async (
    rawToken: string,
    audience: string,
  ): Promise<Authenticated | null> => {
    const hash = hashSecret(`${audience} ${rawToken}`);
    const found = await jwts.get(hash.toString("base64"), async () => {
      const claims = await verifyJwt(rawToken, audience);
      return claims && findClaims(services.system, claims);
    });
    if (found?.grantId) lastGrantUse.note(found.grantId);
    return found?.authenticated ?? null;
  };

  return {
    authenticateKey,
    authenticateToken,
    authenticateAccessToken,
    authenticateJwt,
    authenticate(raw) {
      if (raw.startsWith("sp_")) return authenticateToken(raw);
      if (raw.startsWith(oauthPrefixes.accessToken)) return authenticateAccessToken(raw);
      return authenticateKey(raw);
    },
    get cacheSize() {
      return keys.size + tokens.size + accessTokens.size + jwts.size;
    },
    async close() {
      await Promise.all([lastUse.close(), lastGrantUse.close()]);
    },
  };
}

async function findKey(system: Pool, hash: Buffer): Promise<FoundKey | null> {
  type Row = Omit<ConnectionActor, "kind"> & {
    keyId: string;
    organizationId: string;
    rateLimitPerHour: number;
    scopes: string[] | null;
  };
  const { rows } = await withRetries(() =>
    system.query<Row>({
      name: "authenticate_key",
      text: `
        select k.id as "keyId", k.scopes, c.organization_id as "organizationId", c.id as "connectionId",
          c.owner_id as "ownerId", array_remove(array[k.made_by], null) as "keyMadeBy", c.name, c.can_decide as "canDecide",
          c.can_decide_own as "canDecideOwn", c.rate_limit_per_hour as "rateLimitPerHour",
          c.allowed_action_types as "allowedActionTypes", c.max_priority as "maxPriority",
          c.default_title as "defaultTitle", c.approvers_needed as "approversNeeded",
          c.default_priority as "defaultPriority", c.default_description as "defaultDescription"
        -- The key first, then its connection, each by itself: a plan for few rows would read all of an organization's.
        from (select * from connection_keys where key_hash = $1 limit 1) k
        cross join lateral (
          select * from connections where organization_id = k.organization_id and id = k.connection_id limit 1
        ) c
        join people p on p.id = c.owner_id
        join memberships m on m.organization_id = c.organization_id and m.person_id = c.owner_id
        where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
          and c.is_active and c.deleted_at is null and p.disabled_at is null`,
      values: [hash],
    }),
  );
  const [row] = rows;
  if (!row) return null;
  const { keyId, organizationId, rateLimitPerHour, scopes, ...connection } = row;
  const actor = { kind: "connection" as const, ...connection };
  const common = { actor, organizationId, rateLimitPerHour };
  return {
    keyId,
    authenticated:
      scopes === null
        ? {
            ...common,
            scopes: connection.allowedActionTypes ? LIMITED_KEY_SCOPES : KEY_SCOPES,
            bucketId: connection.connectionId,
          }
        : {
            ...common,
            scopes: new Set(scopes),
            rateLimitPerMinute: GOALS_KEY_RATE_LIMIT_PER_MINUTE,
            bucketId: keyId,
          },
  };
}

async function findToken(
  services: SystemPool,
  hash: Buffer,
): Promise<Authenticated<PersonActor> | null> {
  const found = await findByTokenHash(services, hash);
  return (
    found && {
      actor: found.actor,
      organizationId: found.organizationId,
      scopes: new Set(found.scopes),
      rateLimitPerHour: PERSON_RATE_LIMIT_PER_HOUR,
      bucketId: found.actor.personId,
    }
  );
}
