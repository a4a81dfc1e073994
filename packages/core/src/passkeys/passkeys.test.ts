import { must } from "@sayso/must";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FullContext } from "../services.ts";
import { disablePerson, enablePerson } from "../members/disable-person.ts";
import { resetPassword } from "../members/reset-password.ts";
import { authenticateSession } from "../signing-in/sessions.ts";
import { setPassword } from "../members/set-password.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { beginPasskeyRegistration } from "./begin-registration.ts";
import { beginPasskeySignIn } from "./begin-sign-in.ts";
import { finishPasskeyRegistration } from "./finish-registration.ts";
import { finishPasskeySignIn } from "./finish-sign-in.ts";
import { listPasskeys } from "./list-passkeys.ts";
import { nameOfNew } from "./provider-names.ts";
import { findPasskeyObstacle } from "./relying-party.ts";
import { removePasskey } from "./remove-passkey.ts";
import { renamePasskey } from "./rename-passkey.ts";
import {
  createAuthenticator,
  type Deviation,
  type TestAuthenticator,
} from "./test-authenticator.ts";

const PASSWORD = "correct horse battery";
const device = { userAgent: null, address: null, deviceToken: null };
let database: TestDatabase;
let count = 0;

beforeAll(async () => (database = await openTestDatabase()));
afterAll(() => database.close());

interface Somebody {
  personId: string;
  context: FullContext;
}

async function addSomebody(): Promise<Somebody> {
  const personId = await database.addPerson(`passkey${++count}@example.com`, PASSWORD);
  return {
    personId,
    context: {
      ...database.owner,
      actor: { kind: "person", personId, role: "member", via: "session" },
    },
  };
}

/** Returns the outcome of a call: "done", or the error's code. */
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

async function register(
  { context }: Somebody,
  authenticator: TestAuthenticator,
  other?: Deviation,
): ReturnType<typeof finishPasskeyRegistration> {
  const options = await beginPasskeyRegistration(context, new Date());
  return finishPasskeyRegistration(context, authenticator.create(options, other));
}

async function signInWith(authenticator: TestAuthenticator, other?: Deviation) {
  const { options, browserToken } = await beginPasskeySignIn(database.services, null);
  const credential = authenticator.get(options, other);
  return finishPasskeySignIn(database.services, { ...device, credential, browserToken });
}

const eventsOf = async (personId: string) =>
  (
    await database.services.system.query<{ type: string }>(
      "select type from events where type like '%passkey%' and data->>'person_id' = $1 order by created_at, id",
      [personId],
    )
  ).rows.map(({ type }) => type);

describe("a passkey", () => {
  test("is added, named, used for a session like a password's, renamed and removed, each with its event", async () => {
    const somebody = await addSomebody();
    const authenticator = createAuthenticator();
    const added = await register(somebody, authenticator);
    expect(added).toMatchObject({ name: "Passkey", isSynced: false, lastUsedAt: null });
    const signedIn = await signInWith(authenticator);
    expect(signedIn).toMatchObject({
      personId: somebody.personId,
      organizationId: database.owner.organizationId,
    });
    expect(await authenticateSession(database.services, signedIn.sessionToken)).toMatchObject({
      actor: { kind: "person", personId: somebody.personId, role: "member", via: "session" },
    });
    await renamePasskey(somebody.context, added.id, "  My  laptop ");
    const [listed] = await listPasskeys(somebody.context);
    expect(listed).toMatchObject({ id: added.id, name: "My laptop" });
    expect(must(listed).lastUsedAt).toBeInstanceOf(Date);
    await removePasskey(somebody.context, added.id);
    expect(await listPasskeys(somebody.context)).toEqual([]);
    expect(await codeOf(signInWith(authenticator))).toBe("unauthenticated");
    expect(await eventsOf(somebody.personId)).toEqual([
      "person.passkey_added",
      "person.passkey_renamed",
      "person.passkey_removed",
    ]);
  });

  test("is asked for with a fresh challenge, discoverable, after checking the person, and not where one is already", async () => {
    const somebody = await addSomebody();
    const authenticator = createAuthenticator();
    const first = await beginPasskeyRegistration(somebody.context, new Date());
    await finishPasskeyRegistration(somebody.context, authenticator.create(first));
    const second = await beginPasskeyRegistration(somebody.context, new Date());
    expect(second.challenge).not.toBe(first.challenge);
    expect(second).toMatchObject({
      rp: { id: "localhost", name: "Sayso" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [
        { id: authenticator.credentialId, type: "public-key", transports: ["hybrid", "internal"] },
      ],
    });
    // The handle, which authenticators keep in the open, doesn't show whose it is.
    expect(Buffer.from(second.user.id, "base64url")).toHaveLength(16);
    const prompt = await beginPasskeySignIn(database.services, null);
    expect(prompt.options).toMatchObject({ rpId: "localhost", userVerification: "required" });
    expect(prompt.options.allowCredentials).toBeUndefined();
  });

  test("is somebody's: others can't rename or remove it, nor register it again", async () => {
    const [owner, other] = [await addSomebody(), await addSomebody()];
    const authenticator = createAuthenticator();
    const { id } = await register(owner, authenticator);
    expect(await codeOf(renamePasskey(other.context, id, "Mine"))).toBe("not_found");
    expect(await codeOf(removePasskey(other.context, id))).toBe("not_found");
    expect(await codeOf(removePasskey(other.context, "no id"))).toBe("not_found");
    expect(await codeOf(register(other, authenticator))).toBe("conflict");
    expect(await codeOf(renamePasskey(owner.context, id, " "))).toBe("validation_failed");
    expect(await listPasskeys(owner.context)).toMatchObject([{ id, name: "Passkey" }]);
  });

  test("is looked after by a signed-in person only: no machine, token, app or command line", async () => {
    const { personId, context } = await addSomebody();
    for (const via of ["token", "oauth", "link", "command_line"] as const) {
      const by: FullContext = {
        ...context,
        actor: { kind: "person", personId, role: "member", via },
      };
      const outcomes = [
        beginPasskeyRegistration(by, new Date()),
        finishPasskeyRegistration(by, {}),
        listPasskeys(by),
        renamePasskey(by, "x", "y"),
        removePasskey(by, "x"),
      ];
      expect(await Promise.all(outcomes.map(codeOf))).toEqual(Array(5).fill("forbidden"));
    }
  });

  test("is added only by somebody who signed in at most a quarter of an hour ago", async () => {
    const { context } = await addSomebody();
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    expect(await codeOf(beginPasskeyRegistration(context, minutesAgo(16)))).toBe("forbidden");
    await expect(beginPasskeyRegistration(context, minutesAgo(14))).resolves.toBeTruthy();
  });

  test("is added by a session that still exists, and was proven lately, when the browser answers", async () => {
    const { context, personId } = await addSomebody();
    const { system, newId } = database.services;
    const sessionId = newId();
    await system.query(
      `insert into sessions (id, organization_id, person_id, token_hash, expires_at)
       values ($1, $2, $3, sha256($4), now() + interval '1 hour')`,
      [sessionId, context.organizationId, personId, sessionId],
    );
    const signedIn: FullContext = {
      ...context,
      actor: { kind: "person", personId, role: "member", via: "session", sessionId },
    };
    const finish = async (between: string) => {
      const options = await beginPasskeyRegistration(signedIn, new Date());
      await system.query(between, [sessionId]);
      const credential = createAuthenticator().create(options);
      return codeOf(finishPasskeyRegistration(signedIn, credential));
    };
    const proven = (ago: string) =>
      `update sessions set proven_at = now() - interval '${ago}' where id = $1`;
    expect(await finish(proven("21 minutes"))).toBe("forbidden");
    expect(await finish(proven("19 minutes"))).toBe("done");
    expect(await finish("delete from sessions where id = $1")).toBe("forbidden");
    expect(await listPasskeys(context)).toHaveLength(1);
  });

  test("is told to its owner by mail", async () => {
    const somebody = await addSomebody();
    const services = { ...database.services, mail: { isEnabled: true } };
    await register(
      { ...somebody, context: { ...somebody.context, services } },
      createAuthenticator(),
    );
    const { rows } = await services.system.query<{ subject: string }>(
      "select subject from mails m join people p on p.email = m.recipient where p.id = $1",
      [somebody.personId],
    );
    expect(rows).toEqual([{ subject: "A passkey was added to your account" }]);
  });

  test("without a password the last one stays, also when two are removed at once", async () => {
    const somebody = await addSomebody();
    const first = await register(somebody, createAuthenticator());
    const second = await register(somebody, createAuthenticator());
    expect(second.name).toBe("Passkey 2");
    await database.services.system.query("update people set password_hash = null where id = $1", [
      somebody.personId,
    ]);
    // Both are held up before they can delete, so that neither comes after the other by chance.
    const db = await database.services.system.connect();
    await db.query("begin");
    await db.query("select from passkeys where person_id = $1 for update", [somebody.personId]);
    const outcomes = [first, second].map(({ id }) => codeOf(removePasskey(somebody.context, id)));
    const waiting = () => db.query("select from pg_locks where not granted");
    await expect.poll(async () => (await waiting()).rowCount).toBe(2);
    await db.query("commit");
    db.release();
    expect((await Promise.all(outcomes)).sort()).toEqual(["conflict", "done"]);
    expect(await listPasskeys(somebody.context)).toHaveLength(1);
  });

  test("there are at most twenty, however many come at once", async () => {
    const somebody = await addSomebody();
    const outcomes = await Promise.all(
      Array.from({ length: 22 }, () => codeOf(register(somebody, createAuthenticator()))),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === "conflict")).toHaveLength(2);
    const names = (await listPasskeys(somebody.context)).map(({ name }) => name);
    expect(new Set(names).size).toBe(20);
  });

  test("stays when a link sets a new password, and can be taken back", async () => {
    const somebody = await addSomebody();
    const authenticator = createAuthenticator();
    const { id } = await register(somebody, authenticator);
    const before = await signInWith(authenticator);
    const { token } = await resetPassword(database.owner, somebody.personId);
    const input = { token, purposes: ["password_reset"], password: "nine purple otters" } as const;
    await setPassword(database.services, { ...device, ...input });
    expect(await authenticateSession(database.services, before.sessionToken)).toBeNull();
    expect((await signInWith(authenticator)).personId).toBe(somebody.personId);
    await removePasskey(somebody.context, id);
    expect(await codeOf(signInWith(authenticator))).toBe("unauthenticated");
  });
});

describe("adding is refused", () => {
  test.each<[string, Deviation]>([
    ["made on another site", { origin: "http://evil.example" }],
    ["made on another port", { origin: "http://localhost:3001" }],
    ["made for another host name", { rpId: "evil.example" }],
    ["made without checking the person", { userVerified: false }],
  ])("%s", async (_what, deviation) => {
    const somebody = await addSomebody();
    expect(await codeOf(register(somebody, createAuthenticator(), deviation))).toBe(
      "validation_failed",
    );
    expect(await listPasskeys(somebody.context)).toEqual([]);
  });

  test("with another person's challenge, with one's own a second time, and of two at once", async () => {
    const [somebody, other] = [await addSomebody(), await addSomebody()];
    const theirs = await beginPasskeyRegistration(other.context, new Date());
    const withTheirs = createAuthenticator().create(theirs);
    expect(await codeOf(finishPasskeyRegistration(somebody.context, withTheirs))).toBe("conflict");
    // The challenge is still good for the person that it was made for.
    const twice = createAuthenticator().create(theirs);
    const outcomes = await Promise.all(
      [1, 2].map(() => codeOf(finishPasskeyRegistration(other.context, twice))),
    );
    expect(outcomes.sort()).toEqual(["conflict", "done"]);
    expect(await codeOf(finishPasskeyRegistration(other.context, twice))).toBe("conflict");
  });

  test("with a challenge of a sign-in, or one that was refused before", async () => {
    const somebody = await addSomebody();
    const { options } = await beginPasskeySignIn(database.services, null);
    const user = { id: "AAAA" };
    const mixed = createAuthenticator().create({ ...options, user });
    expect(await codeOf(finishPasskeyRegistration(somebody.context, mixed))).toBe("conflict");
    const own = await beginPasskeyRegistration(somebody.context, new Date());
    const wrong = createAuthenticator().create(own, { origin: "http://evil.example" });
    expect(await codeOf(finishPasskeyRegistration(somebody.context, wrong))).toBe(
      "validation_failed",
    );
    const right = createAuthenticator().create(own);
    expect(await codeOf(finishPasskeyRegistration(somebody.context, right))).toBe("conflict");
  });

  test("after five minutes, by the database's clock; what is left of it goes with the next one", async () => {
    const somebody = await addSomebody();
    const options = await beginPasskeyRegistration(somebody.context, new Date());
    const { rows } = await database.services.system.query<{ lasts: boolean }>(
      `select expires_at > now() and expires_at <= now() + interval '5 minutes' as lasts
       from passkey_challenges where person_id = $1`,
      [somebody.personId],
    );
    expect(rows).toEqual([{ lasts: true }]);
    await database.services.system.query("update passkey_challenges set expires_at = now()");
    const late = createAuthenticator().create(options);
    expect(await codeOf(finishPasskeyRegistration(somebody.context, late))).toBe("conflict");
    await beginPasskeyRegistration(somebody.context, new Date());
    await database.services.system.query("update passkey_challenges set expires_at = now()");
    await beginPasskeySignIn(database.services, null);
    const { rows: left } = await database.services.system.query("select from passkey_challenges");
    expect(left).toHaveLength(1);
  });

  test.each([
    null,
    "text",
    {},
    { id: "AAAA" },
    { id: "AAAA", response: null },
    { id: "not base64url!", response: { clientDataJSON: "AAAA", attestationObject: "AAAA" } },
    { id: "AAAA", response: { clientDataJSON: 1, attestationObject: [] } },
  ])("what is no passkey: %j", async (credential) => {
    const { context } = await addSomebody();
    expect(await codeOf(finishPasskeyRegistration(context, credential))).toBe("validation_failed");
    const answer = { ...device, credential, browserToken: "x" };
    expect(await codeOf(finishPasskeySignIn(database.services, answer))).toBe("validation_failed");
  });

  test("a broken or bottomless attestation", async () => {
    const somebody = await addSomebody();
    for (const bytes of [
      Buffer.alloc(100),
      Buffer.alloc(25_000, 0x81),
      Buffer.alloc(25_000, 0xa1),
    ]) {
      const options = await beginPasskeyRegistration(somebody.context, new Date());
      const made = createAuthenticator().create(options) as { response: object };
      const response = { ...made.response, attestationObject: bytes.toString("base64url") };
      const outcome = codeOf(finishPasskeyRegistration(somebody.context, { ...made, response }));
      expect(await outcome).toBe("validation_failed");
    }
  });
});

describe("signing in is refused", () => {
  async function addPasskey(options?: { counts?: boolean }) {
    const somebody = await addSomebody();
    const authenticator = createAuthenticator(options);
    await register(somebody, authenticator);
    return { ...somebody, authenticator };
  }

  test.each<[string, Deviation]>([
    ["from another site", { origin: "http://evil.example" }],
    ["for another host name", { rpId: "evil.example" }],
    ["without checking the person", { userVerified: false }],
    ["as somebody else", { userHandle: Buffer.alloc(16, 7).toString("base64url") }],
  ])("%s", async (_what, deviation) => {
    const { authenticator } = await addPasskey();
    expect(await codeOf(signInWith(authenticator, deviation))).toBe("unauthenticated");
    expect(await codeOf(signInWith(authenticator))).toBe("done");
  });

  test("with an answer that was used, in another browser, in none, or with an altered signature", async () => {
    const { authenticator } = await addPasskey();
    const { options, browserToken } = await beginPasskeySignIn(database.services, null);
    const other = await beginPasskeySignIn(database.services, null);
    const credential = authenticator.get(options);
    const finish = (token: string | null, given: object = credential) =>
      codeOf(
        finishPasskeySignIn(database.services, {
          ...device,
          credential: given,
          browserToken: token,
        }),
      );
    expect(await finish(null)).toBe("unauthenticated");
    expect(await finish(other.browserToken)).toBe("unauthenticated");
    expect((await Promise.all([finish(browserToken), finish(browserToken)])).sort()).toEqual([
      "done",
      "unauthenticated",
    ]);
    const again = await beginPasskeySignIn(database.services, browserToken);
    expect(again.browserToken).toBe(browserToken);
    const signed = authenticator.get(again.options) as { response: { signature: string } };
    const stolen = createAuthenticator().get(again.options) as { response: { signature: string } };
    const altered = { ...signed.response, signature: stolen.response.signature };
    expect(await finish(browserToken, { ...signed, response: altered })).toBe("unauthenticated");
  });

  test("with a passkey that nobody registered", async () => {
    const stranger = createAuthenticator();
    const { personId } = await addSomebody();
    const userHandle = Buffer.from(personId.replaceAll("-", ""), "hex").toString("base64url");
    expect(await codeOf(signInWith(stranger, { userHandle }))).toBe("unauthenticated");
  });

  test("for a disabled person until they are enabled, and for whoever is in no organization", async () => {
    const { authenticator, personId } = await addPasskey();
    await disablePerson(database.owner, personId);
    const refusal = await signInWith(authenticator).catch((error: Error) => error.message);
    expect(refusal).toMatch(/does not know this passkey/);
    await enablePerson(database.owner, personId);
    expect(await codeOf(signInWith(authenticator))).toBe("done");
    await database.services.system.query("delete from memberships where person_id = $1", [
      personId,
    ]);
    expect(await codeOf(signInWith(authenticator))).toBe("unauthenticated");
  });

  test("when the counter goes back or stands still, as a copy's does; one that never counts is fine", async () => {
    const { authenticator } = await addPasskey();
    expect(await codeOf(signInWith(authenticator, { counter: 10 }))).toBe("done");
    for (const counter of [10, 9, 0]) {
      const refusal = await signInWith(authenticator, { counter }).catch(
        (error: Error) => error.message,
      );
      expect(refusal).toMatch(/copied/);
    }
    const both = [11, 11].map((counter) => codeOf(signInWith(authenticator, { counter })));
    expect((await Promise.all(both)).sort()).toEqual(["done", "unauthenticated"]);
    const synced = await addPasskey({ counts: false });
    expect(await codeOf(signInWith(synced.authenticator))).toBe("done");
    expect(await codeOf(signInWith(synced.authenticator))).toBe("done");
  });
});

test("there are none at an IP address or without https; localhost and https names have them", async () => {
  const obstacle = (publicUrl: string) => findPasskeyObstacle({ publicUrl });
  expect(obstacle("http://127.0.0.1:4747")).toMatch(/IP address here \(127\.0\.0\.1\)/);
  expect(obstacle("https://[2001:db8::1]")).toMatch(/IP address/);
  expect(obstacle("https://0x7f.1")).toMatch(/IP address/);
  expect(obstacle("http://sayso.example.com")).toMatch(/https/);
  expect(obstacle("http://notlocalhost")).toMatch(/https/);
  for (const url of ["http://localhost:4747", "http://a.localhost", "https://sayso.example.com"])
    expect(obstacle(url)).toBeNull();
  const services = { ...database.services, publicUrl: "http://127.0.0.1:4747" };
  const { context } = await addSomebody();
  expect(await codeOf(beginPasskeySignIn(services, null))).toBe("invalid_state");
  expect(await codeOf(beginPasskeyRegistration({ ...context, services }, new Date()))).toBe(
    "invalid_state",
  );
});

test("an organization sees the passkeys of its members only, and changes none", async () => {
  const somebody = await addSomebody();
  await register(somebody, createAuthenticator());
  const db = await database.services.app.connect();
  try {
    const seen = async (organizationId: string) => {
      await db.query(`begin; set local sayso.organization_id = '${organizationId}'`);
      const { rowCount } = await db.query("select from passkeys where person_id = $1", [
        somebody.personId,
      ]);
      await db.query("commit");
      return rowCount;
    };
    expect(await seen(database.owner.organizationId)).toBe(1);
    expect(await seen("0197f4a0-0000-7000-8000-000000000000")).toBe(0);
    for (const statement of [
      "delete from passkeys",
      "update passkeys set name = 'x'",
      "select from passkey_challenges",
    ])
      await expect(db.query(statement)).rejects.toThrow(/permission denied/);
  } finally {
    db.release();
  }
});

test("a new one is named after its provider, and apart from the others", () => {
  const keychain = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd";
  expect(nameOfNew(keychain, [])).toBe("iCloud Keychain");
  expect(nameOfNew(keychain, ["iCloud Keychain", "iCloud Keychain 3"])).toBe("iCloud Keychain 2");
  expect(nameOfNew("00000000-0000-0000-0000-000000000000", ["Passkey"])).toBe("Passkey 2");
});
