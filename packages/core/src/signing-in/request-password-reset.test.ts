import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import { must } from "@sayso/must";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Services } from "../services.ts";
import type { MailBody } from "../mail/mail.ts";
import { invitePerson } from "../invitations/invite-person.ts";
import { createPerson } from "../members/create-person.ts";
import { disablePerson } from "../members/disable-person.ts";
import { inviteAgain } from "../members/invite-again.ts";
import { readOneTimeLink } from "../members/open-link.ts";
import { removeMember } from "../members/remove-member.ts";
import { requestPasswordReset } from "./request-password-reset.ts";
import { resetPassword } from "../members/reset-password.ts";
import { setPassword } from "../members/set-password.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";

const PASSWORD = "correct horse battery";
let database: TestDatabase;
let services: Services;
let count = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  services = { ...database.services, mail: { isEnabled: true } };
});
afterAll(() => database.close());

const newEmail = () => `person${++count}@example.com`;
const ask = (email: string, address = `192.0.2.${++count}`) =>
  requestPasswordReset(services, { email, address });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );
async function mailsTo(recipient: string) {
  const { rows } = await services.system.query<{ subject: string; sealed: Buffer }>(
    "select subject, body as sealed from mails where recipient = $1 order by id",
    [recipient],
  );
  return rows.map(({ subject, sealed }) => ({
    subject,
    body: JSON.parse(services.secrets.open(sealed)) as MailBody,
    sealed,
  }));
}
/** Returns how many links were asked for with this e-mail address, once that is committed. */
async function resetsOf(email: string): Promise<number | undefined> {
  const { rows } = await services.system.query<{ failures: number }>(
    "select failures from sign_in_throttles where key = 'reset email:' || encode(sha256($1), 'hex')",
    [Buffer.from(email)],
  );
  return rows[0]?.failures;
}
const tokenIn = ({ body }: { body: MailBody }) => must(must(body.action).url.split("/").at(-1));
const open = (token: string) => readOneTimeLink(services, token, ["password_reset"]);

test("mails a link to the stored address, which sets a new password", async () => {
  const email = newEmail();
  const personId = await database.addPerson(email, PASSWORD);
  await ask(` ${email.toUpperCase()} `);
  const [mail, ...others] = await mailsTo(email);
  expect(others).toEqual([]);
  expect(must(must(mail).body.action).url).toMatch(/^http:\/\/localhost:3000\/reset\/[\w-]{43}$/);
  expect(must(mail).sealed.toString("latin1")).not.toContain(tokenIn(must(mail)));
  expect(await open(tokenIn(must(mail)))).toMatchObject({ personId });
  const signedIn = await setPassword(services, {
    token: tokenIn(must(mail)),
    purposes: ["password_reset"],
    password: "a new pass phrase",
    userAgent: null,
    address: null,
  });
  expect(signedIn.personId).toBe(personId);
  const { rows } = await services.system.query<{ actor: string }>(
    `select actor_kind as actor from events
     where type = 'person.password_reset_requested' and data->>'person_id' = $1`,
    [personId],
  );
  expect(rows).toEqual([{ actor: "system" }]);
});

test("answers the same for somebody unknown, disabled or removed, who get nothing", async () => {
  const [disabled, removed] = [newEmail(), newEmail()];
  await disablePerson(database.owner, await database.addPerson(disabled, PASSWORD));
  await removeMember(database.owner, await database.addPerson(removed, PASSWORD));
  for (const email of ["nobody@example.com", disabled, removed]) {
    expect(await ask(email)).toBeUndefined();
    expect(await mailsTo(email)).toEqual([]);
  }
  expect(await codeOf(ask("no address"))).toBe("validation_failed");
  expect(await codeOf(ask("a\0b@example.com"))).toBe("validation_failed");
});

test("answers somebody unknown and somebody who gets a mail when 300 ms are over, and not when the work is done", async () => {
  const email = newEmail();
  await database.addPerson(email, PASSWORD);
  const pauses: { ms: number | undefined; end: () => void }[] = [];
  const pause = vi
    .spyOn(timers, "setTimeout")
    .mockImplementation(
      (ms, value) => new Promise((resolve) => pauses.push({ ms, end: () => resolve(value) })),
    );
  syncBuiltinESMExports();
  try {
    for (const each of [email, newEmail()]) {
      let isAnswered = false;
      const answer = ask(each).finally(() => (isAnswered = true));
      await expect.poll(() => resetsOf(each)).toBe(1);
      await expect.poll(async () => (await mailsTo(each)).length).toBe(each === email ? 1 : 0);
      expect(isAnswered).toBe(false);
      expect(pauses.map(({ ms }) => ms)).toEqual([300]);
      pauses.pop()?.end();
      await answer;
    }
  } finally {
    pause.mockRestore();
    syncBuiltinESMExports();
  }
});

test("sends one person three an hour, however often and from wherever it is asked, also at once", async () => {
  const email = newEmail();
  await database.addPerson(email, PASSWORD);
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => codeOf(ask(email))));
  expect(new Set(outcomes)).toEqual(new Set(["done"]));
  expect(await mailsTo(email)).toHaveLength(3);
  await services.system.query(
    "update sign_in_throttles set updated_at = updated_at - interval '61 minutes'",
  );
  await ask(email);
  expect(await mailsTo(email)).toHaveLength(4);
});

test("takes no link away: neither an admin's nor those that were asked for before", async () => {
  const email = newEmail();
  const personId = await database.addPerson(email, PASSWORD);
  const fromAdmin = await resetPassword(database.owner, personId);
  for (let i = 0; i < 5; i++) await ask(email);
  const tokens = (await mailsTo(email)).map(tokenIn);
  expect(tokens).toHaveLength(3);
  for (const token of [fromAdmin.token, ...tokens]) expect(await open(token)).not.toBeNull();
  // Using one ends the others.
  await setPassword(services, {
    token: must(tokens[0]),
    purposes: ["password_reset"],
    password: "a new pass phrase",
    userAgent: null,
    address: null,
  });
  for (const token of [fromAdmin.token, ...tokens]) expect(await open(token)).toBeNull();
});

test("looks at thirty an hour from one network", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 34 }, (_, i) => codeOf(ask(newEmail(), `2001:db8::${i}`))),
  );
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(30);
  expect(outcomes.filter((outcome) => outcome === "rate_limited")).toHaveLength(4);
  expect(await codeOf(ask(newEmail(), "2001:db8:0:1::1"))).toBe("done");
});

test("does nothing where mail isn't configured", async () => {
  const email = newEmail();
  await database.addPerson(email, PASSWORD);
  await requestPasswordReset(database.services, { email });
  expect(await mailsTo(email)).toEqual([]);
});

test("invitations and an admin's links are mailed in the transaction that makes them, and name who and where", async () => {
  const owner = { ...database.owner, services };
  const admin = await database.addPerson(newEmail(), PASSWORD, { role: "admin", name: "Ada" });
  const by = { ...database.as(admin, "admin"), services };
  const email = newEmail();
  const asked = { email: newEmail(), name: "Grace", role: "member" } as const;
  const { link } = await invitePerson(by, asked);
  expect((await mailsTo(asked.email)).map(tokenIn)).toEqual([link.token]);
  expect(must((await mailsTo(asked.email))[0]).subject).toBe("Ada invites you to Sayso on Sayso");
  const { personId, invitation } = await createPerson(owner, { ...asked, email });
  const again = await inviteAgain(owner, personId);
  const reset = await resetPassword(by, personId);
  const mails = await mailsTo(email);
  expect(mails.map(({ subject }) => subject)).toEqual([
    "You are invited to Sayso on Sayso",
    "You are invited to Sayso on Sayso",
    "Reset your Sayso password",
  ]);
  expect(mails.map(tokenIn)).toEqual([must(invitation).token, again.token, reset.token]);
  expect(must(mails[0]).body.closing).toEqual([
    expect.stringMatching(/^The link works once, until \d+ \w+ \d{4}, \d\d:\d\d UTC\.$/),
    "If you did not expect this, ignore this email.",
  ]);
});
