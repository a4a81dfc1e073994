import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AcrossOrganizations, Secrets, SystemPool } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";

/** A count of failures. The first `free` ones cost nothing, then each has to wait longer. */
export interface Bucket {
  key: string;
  free: number;
}

const FREE_FAILURES = 5;
/** Counted over all addresses together. Higher, so that a few strangers' mistakes don't slow the owner down. */
const FREE_FAILURES_PER_ACCOUNT = 100;
/** The hours without a failure after which the count begins anew. */
const FORGET_AFTER_HOURS = 24;
/** The longest wait. It is 2 s after the last free failure and doubles with each further one, up to this. */
const WAIT_MAX_SECONDS = 900;

/**
 * Returns the buckets of an attempt to sign in. An attempt with a device token that this server gave to the same person
 * counts apart from all others, so that an attacker of the account, even from the same address, doesn't lock its owner
 * out (OWASP, "device cookies").
 */
export function bucketsOf(
  services: Secrets,
  attempt: {
    email: string;
    personId: string | null;
    address: string | null;
    deviceToken: string | null;
  },
): Bucket[] {
  const { email, personId, deviceToken } = attempt;
  if (deviceToken && personId && isDeviceOf(services, personId, deviceToken)) {
    return [{ key: `device:${digest(deviceToken)}`, free: FREE_FAILURES }];
  }
  const account = email.toLowerCase();
  const address = networkOf(attempt.address ?? "unknown");
  return [
    { key: `account:${digest(account)}`, free: FREE_FAILURES_PER_ACCOUNT },
    { key: `account+address:${digest(`${account}\n${address}`)}`, free: FREE_FAILURES },
  ];
}

/**
 * Counts a failure in each bucket before the password is checked, so that simultaneous guesses can't outrun the count.
 * {@link forgiveAttempt} undoes it for the right password. Uses the database's clock.
 *
 * @throws DomainError `rate_limited` with `retry_after_seconds` while one of the buckets is blocked; then nothing is
 *   counted
 */
export async function chargeAttempt(
  services: AcrossOrganizations,
  buckets: readonly Bucket[],
): Promise<void> {
  await inSystemTransaction(services, async (db) => {
    for (const { key, free } of buckets) {
      const { rowCount } = await db.query({
        name: "charge_sign_in",
        text: charge,
        values: [key, free],
      });
      if (rowCount !== 0) continue;
      const { rows } = await db.query<{ seconds: number }>(
        `select ceil(extract(epoch from blocked_until - clock_timestamp()))::int as seconds
         from sign_in_throttles where key = $1`,
        [key],
      );
      throw tooManyAttempts(Math.max(1, rows[0]?.seconds ?? 1));
    }
  });
  if (Math.random() < 0.01) await forgetOldFailures(services);
}

const wait = (failures: string): string =>
  `case when ${failures} >= $2::int then
     clock_timestamp() + make_interval(secs => least(${WAIT_MAX_SECONDS}, 2 * power(2, least(${failures} - $2::int, 20)))) end`;

const failuresNow = `(case when t.updated_at < clock_timestamp() - interval '${FORGET_AFTER_HOURS} hours' then 1 else t.failures + 1 end)`;

/** Returns one row when the attempt can go on, none while the bucket is blocked. */
const charge = `
  insert into sign_in_throttles as t (key, failures, blocked_until, updated_at)
  values ($1, 1, ${wait("1")}, clock_timestamp())
  on conflict (key) do update set
    failures = ${failuresNow}, blocked_until = ${wait(failuresNow)}, updated_at = clock_timestamp()
  where t.blocked_until is null or t.blocked_until <= clock_timestamp()
  returning key`;

/** Undoes the count of {@link chargeAttempt}, because the password was right. A small bucket starts anew. */
export async function forgiveAttempt(
  services: AcrossOrganizations,
  buckets: readonly Bucket[],
): Promise<void> {
  await inSystemTransaction(services, async (db) => {
    for (const { key, free } of buckets) {
      await db.query(
        `update sign_in_throttles set
           failures = case when $2 <= ${FREE_FAILURES} then 0 else greatest(failures - 1, 0) end,
           blocked_until = case when $2 > ${FREE_FAILURES} and failures > $2 then blocked_until end
         where key = $1`,
        [key, free],
      );
    }
  });
}

async function forgetOldFailures(services: SystemPool): Promise<void> {
  await services.system.query(
    `delete from sign_in_throttles where key in (
       select key from sign_in_throttles where updated_at < now() - interval '${FORGET_AFTER_HOURS} hours'
       order by updated_at limit 1000 for update skip locked)`,
  );
}

function tooManyAttempts(seconds: number): DomainError {
  return new DomainError("rate_limited", `Too many attempts. Try again in ${inWords(seconds)}`, {
    details: { retry_after_seconds: seconds },
  });
}

function inWords(seconds: number): string {
  if (seconds === 1) return "1 second";
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

/** Makes a token that marks this device as one on which the person has signed in. It opens nothing. */
export function createDeviceToken(services: Secrets, personId: string): string {
  const nonce = randomBytes(16).toString("base64url");
  return `${nonce}.${sign(services, personId, nonce).toString("base64url")}`;
}

/**
 * Returns the token that the device keeps from now on: the token that it brought, where it is this person's. Another
 * person's token, from a browser that several people share, is replaced by a new one.
 */
export const deviceTokenFor = (
  services: Secrets,
  personId: string,
  brought: string | null,
): string =>
  brought !== null && isDeviceOf(services, personId, brought)
    ? brought
    : createDeviceToken(services, personId);

/** Whether {@link createDeviceToken} made this token for this person. */
function isDeviceOf(services: Secrets, personId: string, token: string): boolean {
  const [nonce, signature, ...others] = token.split(".");
  if (!nonce || !signature || others.length > 0) return false;
  const given = Buffer.from(signature, "base64url");
  const expected = sign(services, personId, nonce);
  // Base64url has several spellings of the same bytes, and each would be a bucket of its own.
  return (
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    given.toString("base64url") === signature
  );
}

const sign = (services: Secrets, personId: string, nonce: string): Buffer =>
  createHmac("sha256", services.secrets.deriveKey("device tokens"))
    .update(`${personId}.${nonce}`)
    .digest();

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Returns an IPv4 address, or the /64 of an IPv6 address: somebody who has one of its addresses has them all. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.toLowerCase().replace(/%.*$/s, "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
