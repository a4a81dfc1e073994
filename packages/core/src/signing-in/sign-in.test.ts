import { must } from "@sayso/must";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { DomainError } from "../errors.ts";
import { disablePerson, enablePerson } from "../members/disable-person.ts";
import { resetPassword } from "../members/reset-password.ts";
import { authenticateSession, endSession } from "./sessions.ts";
import { setPassword } from "../members/set-password.ts";
import { signIn } from "./sign-in.ts";
import { bucketsOf, createDeviceToken, networkOf } from "./sign-in-throttle.ts";
import { hashesDuring } from "./test-hashes.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";

const PASSWORD = "correct horse battery";
let database: TestDatabase;
let count = 0;

beforeAll(async () => (database = await openTestDatabase()));
afterEach(() => vi.restoreAllMocks());
afterAll(() => database.close());

const newEmail = () => `person${++count}@example.com`;

/** Returns the outcome of signing in: "in", or the error's code, so that outcomes can be compared. */
async function tryToSignIn(
  email: string,
  password: string,
  from: { address?: string; deviceToken?: string } = {},
) {
  try {
    const device = {
      deviceToken: from.deviceToken ?? null,
      address: from.address ?? "192.0.2.1",
      userAgent: null,
    };
    return {
      outcome: "in",
      ...(await signIn(database.services, { email, password, ...device })),
    } as const;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { outcome: error.code, message: error.message, details: error.details } as const;
  }
}

/** Turns the clock of all waits on, or back by a negative number. */
async function passTime(seconds: number) {
  await database.services.system.query(
    `update sign_in_throttles set blocked_until = blocked_until - make_interval(secs => $1),
       updated_at = updated_at - make_interval(secs => $1)`,
    [seconds],
  );
}

/** Returns the failures that are counted at one address of an account, and the wait after the last of them. */
async function throttleOf(email: string) {
  const { rows } = await database.services.system.query<{ failures: number; wait: number }>(
    `select failures, round(extract(epoch from blocked_until - updated_at))::int as wait
     from sign_in_throttles where key = $1`,
    [
      must(
        bucketsOf(database.services, {
          ...{ email, personId: null, address: "192.0.2.1", deviceToken: null },
        }).at(-1),
      ).key,
    ],
  );
  return must(rows[0]);
}

/** More seconds than any test takes. */
const AGES = 3600;

describe("signing in", () => {
  test("takes the e-mail in any case, and gives a session of the person's organization", async () => {
    const email = newEmail();
    const personId = await database.addPerson(email, PASSWORD);
    const signedIn = await tryToSignIn(` ${email.toUpperCase()} `, PASSWORD);
    expect(signedIn.outcome).toBe("in");
    const session =
      signedIn.outcome === "in"
        ? await authenticateSession(database.services, signedIn.sessionToken)
        : null;
    expect(session).toMatchObject({
      organizationId: database.owner.organizationId,
      organizationName: "Sayso",
      actor: { kind: "person", personId, role: "member", via: "session" },
    });
    expect(must(session).expiresAt.getTime() - Date.now()).toBeGreaterThan(13.9 * 86_400_000);
  });

  test("answers the same for an unknown e-mail, an account without password, a disabled one and a wrong password", async () => {
    const [known, disabled] = [newEmail(), newEmail()];
    await database.addPerson(known, PASSWORD);
    await disablePerson(database.owner, await database.addPerson(disabled, PASSWORD));
    const invited = newEmail();
    await database.addPerson(invited, PASSWORD, { password: undefined });
    const answers = [
      await tryToSignIn("nobody@example.com", PASSWORD),
      await tryToSignIn(invited, PASSWORD),
      await tryToSignIn(disabled, PASSWORD),
      await tryToSignIn(known, "wrong password"),
      await tryToSignIn("a\0b", PASSWORD),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ outcome: "unauthenticated" });
  });

  test("does the same work for an unknown e-mail, an invited and a disabled person as for a wrong password", async () => {
    const [known, disabled, invited] = [newEmail(), newEmail(), newEmail()];
    await database.addPerson(known, PASSWORD);
    await disablePerson(database.owner, await database.addPerson(disabled, PASSWORD));
    await database.addPerson(invited, PASSWORD, { password: undefined });
    // Now and then a failure also removes old ones.
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const { system } = database.services;
    const workFor = async (email: string) => {
      let roundTrips = 0;
      const count = (): void => void roundTrips++;
      system.on("acquire", count);
      const hashes = await hashesDuring(async () =>
        expect((await tryToSignIn(email, "wrong password")).outcome).toBe("unauthenticated"),
      );
      system.off("acquire", count);
      return { hashes, roundTrips };
    };
    const work = await workFor(known);
    expect(work.hashes).toHaveLength(1);
    expect(work.roundTrips).toBeGreaterThan(0);
    for (const email of [newEmail(), disabled, invited]) expect(await workFor(email)).toEqual(work);
  });

  test("makes a new session each time, whatever the device brought", async () => {
    const email = newEmail();
    await database.addPerson(email, PASSWORD);
    const [one, two] = [await tryToSignIn(email, PASSWORD), await tryToSignIn(email, PASSWORD)];
    expect(
      one.outcome === "in" && two.outcome === "in" && one.sessionToken !== two.sessionToken,
    ).toBe(true);
  });
});

describe("guessing", () => {
  test("five failures are free; then each waits longer, also for the right password", async () => {
    const email = newEmail();
    await database.addPerson(email, PASSWORD);
    for (let i = 0; i < 5; i++)
      expect((await tryToSignIn(email, "wrong")).outcome).toBe("unauthenticated");
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { wait } = await throttleOf(email);
      waits.push(wait);
      await passTime(-AGES);
      const refused = await tryToSignIn(email, PASSWORD);
      const told = refused.outcome === "rate_limited" && refused.details?.retry_after_seconds;
      expect(told).toBeLessThanOrEqual(AGES + wait);
      expect(told).toBeGreaterThan(0);
      await passTime(AGES + wait);
      expect((await tryToSignIn(email, "wrong")).outcome).toBe("unauthenticated");
    }
    expect(waits).toEqual([2, 4, 8, 16]);
    await passTime(40);
    expect((await tryToSignIn(email, PASSWORD)).outcome).toBe("in");
    expect((await tryToSignIn(email, "wrong")).outcome).toBe("unauthenticated");
    expect((await tryToSignIn(email, PASSWORD)).outcome).toBe("in");
  });

  test("fifty guesses at once get no more tries than fifty in a row", async () => {
    const email = newEmail();
    await database.addPerson(email, PASSWORD);
    const now = async () =>
      (await database.services.system.query<{ at: Date }>("select clock_timestamp() as at")).rows;
    const [begin] = await now();
    const guesses = await Promise.all(
      Array.from({ length: 50 }, (_, i) => tryToSignIn(email, `guess ${i}`)),
    );
    const [end] = await now();
    const tries = guesses.filter(({ outcome }) => outcome === "unauthenticated").length;
    const refused = guesses.filter(({ outcome }) => outcome === "rate_limited").length;
    expect(tries + refused).toBe(50);
    expect(tries).toBeGreaterThanOrEqual(5);
    expect((await throttleOf(email)).failures).toBe(tries);
    // After the fifth try, as many more as waits of 2, 4, 8 … seconds have ended: on a quick machine none.
    const waitedSeconds = 2 ** (tries - 4) - 2;
    const seconds = (must(end).at.getTime() - must(begin).at.getTime()) / 1000;
    expect(waitedSeconds).toBeLessThanOrEqual(seconds);
  });

  test("an unknown e-mail is throttled like a known one", async () => {
    const email = newEmail();
    for (let i = 0; i < 5; i++) await tryToSignIn(email, "wrong");
    expect(await throttleOf(email)).toEqual({ failures: 5, wait: 2 });
    await passTime(-AGES);
    expect(await tryToSignIn(email, "wrong")).toMatchObject({ outcome: "rate_limited" });
  });

  test("the owner enters from another address while one address hammers", async () => {
    const email = newEmail();
    await database.addPerson(email, PASSWORD);
    await Promise.all(
      Array.from({ length: 40 }, () => tryToSignIn(email, "wrong", { address: "198.51.100.9" })),
    );
    expect((await tryToSignIn(email, PASSWORD, { address: "192.0.2.7" })).outcome).toBe("in");
  });

  test("many addresses together are slowed down, yet a device that was signed in before enters, even from the attacker's address", async () => {
    const email = newEmail();
    await database.addPerson(email, PASSWORD);
    const first = await tryToSignIn(email, PASSWORD);
    const deviceToken = first.outcome === "in" ? first.deviceToken : "";
    // 100 failures, without the work of a hundred comparisons.
    for (let i = 0; i < 5; i++) await tryToSignIn(email, "wrong", { address: "198.51.100.1" });
    const [account] = bucketsOf(database.services, {
      ...{ email, personId: null, address: null, deviceToken: null },
    });
    await database.services.system.query(
      "update sign_in_throttles set failures = 99 where key = $1 and failures = 5",
      [must(account).key],
    );
    await passTime(-AGES);
    expect((await tryToSignIn(email, "wrong", { address: "198.51.100.50" })).outcome).toBe(
      "unauthenticated",
    );
    await passTime(-AGES);
    expect((await tryToSignIn(email, PASSWORD, { address: "198.51.100.51" })).outcome).toBe(
      "rate_limited",
    );
    expect(
      (await tryToSignIn(email, PASSWORD, { address: "198.51.100.1", deviceToken })).outcome,
    ).toBe("in");
  });

  test("a device token of somebody else, altered or invented, opens no bucket of its own", async () => {
    const email = newEmail();
    const personId = await database.addPerson(email, PASSWORD);
    const stranger = createDeviceToken(
      database.services,
      await database.addPerson(newEmail(), PASSWORD),
    );
    const own = createDeviceToken(database.services, personId);
    for (let i = 0; i < 5; i++) await tryToSignIn(email, "wrong");
    await passTime(-AGES);
    for (const deviceToken of [stranger, `x${own}`, own.slice(0, -1), `${own}.x`, "a.b", "."]) {
      expect((await tryToSignIn(email, PASSWORD, { deviceToken })).outcome).toBe("rate_limited");
    }
    for (let i = 0; i < 5; i++)
      expect((await tryToSignIn(email, "wrong", { deviceToken: own })).outcome).toBe(
        "unauthenticated",
      );
    await passTime(-AGES);
    expect((await tryToSignIn(email, PASSWORD, { deviceToken: own })).outcome).toBe("rate_limited");
  });

  test("all addresses of an IPv6 network are one", () => {
    expect(networkOf("2001:db8::1")).toBe(networkOf("2001:db8:0:0:ffff::2"));
    expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8::1"));
    expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(networkOf("::1")).toBe("0:0:0:0");
  });
});

describe("sessions", () => {
  async function newSession() {
    const email = newEmail();
    const personId = await database.addPerson(email, PASSWORD);
    const signedIn = await tryToSignIn(email, PASSWORD);
    if (signedIn.outcome !== "in") throw new Error(signedIn.outcome);
    return { email, personId, token: signedIn.sessionToken };
  }
  const read = (token: string) => authenticateSession(database.services, token);

  test("the database knows only the hash of the token", async () => {
    const { personId, token } = await newSession();
    const { rows } = await database.services.system.query<{ row: string }>(
      "select s::text as row from sessions s where person_id = $1",
      [personId],
    );
    expect(must(rows[0]).row).not.toContain(token);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
  });

  test("a disabled person's session is dead at once, and stays so when they are enabled again", async () => {
    const { personId, token, email } = await newSession();
    expect(await read(token)).not.toBeNull();
    await disablePerson(database.owner, personId);
    expect(await read(token)).toBeNull();
    await enablePerson(database.owner, personId);
    expect(await read(token)).toBeNull();
    expect((await tryToSignIn(email, PASSWORD)).outcome).toBe("in");
  });

  test("a person who left the organization has no session there", async () => {
    const { personId, token } = await newSession();
    await database.services.system.query("delete from memberships where person_id = $1", [
      personId,
    ]);
    expect(await read(token)).toBeNull();
  });

  test("a new password ends the sessions that were open", async () => {
    const { personId, token } = await newSession();
    const link = await resetPassword(database.owner, personId);
    expect(await read(token)).not.toBeNull();
    const device = { userAgent: null, address: null };
    const signedIn = await setPassword(database.services, {
      ...device,
      token: link.token,
      purposes: ["password_reset"],
      password: "another fine phrase",
    });
    expect(await read(token)).toBeNull();
    expect(await read(signedIn.sessionToken)).not.toBeNull();
  });

  test("expires 14 days after its last use, by the database's clock", async () => {
    const { personId, token } = await newSession();
    const shift = (days: number) =>
      database.services.system.query(
        `update sessions set last_seen_at = last_seen_at - make_interval(days => $2),
           expires_at = expires_at - make_interval(days => $2) where person_id = $1`,
        [personId, days],
      );
    await shift(13);
    const renewed = await read(token);
    expect(renewed).toMatchObject({ isRenewed: true });
    expect(must(renewed).expiresAt.getTime() - Date.now()).toBeGreaterThan(13.9 * 86_400_000);
    expect(await read(token)).toMatchObject({ isRenewed: false });
    await shift(14);
    expect(await read(token)).toBeNull();
  });

  test("ends when asked to, and garbage costs no query", async () => {
    const { token } = await newSession();
    const session = await read(token);
    await endSession(database.services, must(session).id);
    expect(await read(token)).toBeNull();
    const noDatabase = { ...database.services, system: undefined as never };
    for (const garbage of ["", "x", "'".repeat(43), `${token}x`])
      expect(await authenticateSession(noDatabase, garbage)).toBeNull();
  });
});
