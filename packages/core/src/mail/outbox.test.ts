import { must } from "@sayso/must";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Services } from "../services.ts";
import { inSystemTransaction } from "../transactions/in-system-transaction.ts";
import { openTestDatabase, type TestDatabase } from "../test-database.ts";
import { claimMails } from "./claim-mails.ts";
import { enqueueMail } from "./enqueue-mail.ts";
import { forgetMails } from "./forget-mails.ts";
import { recordMail, type MailOutcome } from "./record-mail.ts";
import { nextMailAttempt } from "./schedule.ts";

let database: TestDatabase;
let services: Services;

beforeAll(async () => {
  database = await openTestDatabase();
  services = { ...database.services, mail: { isEnabled: true } };
});
afterAll(() => database.close());
beforeEach(() => services.system.query("delete from mails"));

const body = { paragraphs: ["Hello"], action: null, closing: [] };
const put = (letter: { subject?: string; expiresAt?: Date | null } = {}, by = services) =>
  inSystemTransaction(services, (db) =>
    enqueueMail(db, by, {
      organizationId: database.owner.organizationId,
      recipient: "ada@example.com",
      letter: { subject: "Hello", body, expiresAt: null, ...letter },
    }),
  );
const claim = (limit = 10) => claimMails(services, { limit });
const down: MailOutcome = { ok: false, error: "connection refused", isFinal: false };
/** Makes mails due by a minute, because the column is rounded to milliseconds, possibly upwards. */
const makeDue = () =>
  services.system.query("update mails set next_attempt_at = now() - interval '1 minute'");
interface Stored {
  sent: boolean;
  failed: boolean;
  body: Buffer | null;
  last_error: string | null;
  next: Date;
  now: Date;
}
async function stored() {
  const { rows } = await services.system.query<Stored>(
    `select sent_at is not null as sent, failed_at is not null as failed, body, last_error,
       next_attempt_at as next, now() from mails order by id`,
  );
  return rows;
}

test("a mail is given to one worker at a time, and again when that one is not heard of", async () => {
  for (let i = 0; i < 20; i++) await put();
  const claims = await Promise.all(Array.from({ length: 6 }, () => claim(5)));
  const ids = claims.flat().map(({ id }) => id);
  expect(ids).toHaveLength(20);
  expect(new Set(ids).size).toBe(20);
  expect(claims.flat()[0]).toMatchObject({ recipient: "ada@example.com", attempt: 1 });
  expect(claims.flat()[0]?.readBody()).toEqual(body);
  expect(await claim()).toEqual([]);
  await makeDue();
  expect((await claim(20)).map(({ attempt }) => attempt)).toEqual(Array<number>(20).fill(2));
});

test("a mail that can't be decrypted doesn't hold up the mails that are claimed with it", async () => {
  await put({ subject: "Sealed elsewhere" });
  await services.system.query("update mails set body = 'no sealed text'");
  await put({ subject: "Readable" });
  const claimed = new Map((await claim()).map((mail) => [mail.subject, mail]));
  expect(() => claimed.get("Sealed elsewhere")?.readBody()).toThrow();
  expect(claimed.get("Readable")?.readBody()).toEqual(body);
});

test("what is undone is not mailed, and nothing is where mail isn't configured", async () => {
  await inSystemTransaction(services, async (db) => {
    await enqueueMail(db, services, {
      organizationId: database.owner.organizationId,
      recipient: "ada@example.com",
      letter: { subject: "Hello", body, expiresAt: null },
    });
    throw new Error("undone");
  }).catch(() => undefined);
  await put({}, database.services);
  expect(await stored()).toEqual([]);
});

test("what was sent is not sent again, and what it said is gone", async () => {
  await put();
  const [mail] = await claim();
  await recordMail(services, must(mail), { ok: true });
  await makeDue();
  expect(await claim()).toEqual([]);
  expect(await stored()).toMatchObject([{ sent: true, failed: false, body: null }]);
});

test("a failure is tried again later and later, for more than a day, and then told", async () => {
  const waits = [5, 60, 300, 600, 3600, 14_400, 28_800, 86_400];
  await put({ expiresAt: new Date(Date.now() + 90 * 3_600_000) });
  for (;;) {
    const [mail] = await claim();
    const before = must((await stored())[0]).now;
    await recordMail(services, must(mail), down, () => 0.5);
    const after = must((await stored())[0]);
    if (after.failed) break;
    // It was recorded between the two, by the database's clock; the columns are rounded to milliseconds.
    const recordedAt = after.next.getTime() - must(waits.shift()) * 1000;
    expect(recordedAt).toBeGreaterThanOrEqual(before.getTime() - 1);
    expect(recordedAt).toBeLessThanOrEqual(after.now.getTime() + 1);
    await makeDue();
  }
  expect(waits).toEqual([]);
  expect(await stored()).toMatchObject([{ body: null, last_error: "connection refused" }]);
  await makeDue();
  expect(await claim()).toEqual([]);
  const { rows } = await services.system.query<{ data: object }>(
    "select data from events where type = 'mail.failed'",
  );
  expect(rows).toEqual([
    {
      data: {
        mail_id: expect.any(String) as string,
        recipient: "ada@example.com",
        attempts: 9,
        error: "connection refused",
      },
    },
  ]);
});

test("an address that doesn't exist is given up at once; so is what expires before the next attempt", async () => {
  await put();
  const [first] = await claim();
  await recordMail(services, must(first), { ...down, isFinal: true });
  await put({ expiresAt: new Date(Date.now() + 3_600_000) });
  const [second] = await claim();
  await services.system.query("update mails set expires_at = now() + interval '3 seconds'");
  await recordMail(services, must(second), down);
  expect(await stored()).toMatchObject([{ failed: true }, { failed: true }]);
});

test("a failure that comes late changes nothing: not what another attempt has sent, nor its lease", async () => {
  await put();
  const [first] = await claim();
  await makeDue();
  const [second] = await claim();
  const { next } = must((await stored())[0]);
  await recordMail(services, must(first), down);
  expect(must((await stored())[0]).next).toEqual(next);
  await recordMail(services, must(second), { ok: true });
  await recordMail(services, must(second), { ...down, isFinal: true });
  expect(await stored()).toMatchObject([{ sent: true, failed: false, last_error: null }]);
});

test("what has expired is not sent, and the old is forgotten", async () => {
  await put({ expiresAt: new Date(Date.now() - 1000) });
  expect(await claim()).toEqual([]);
  await forgetMails(services);
  expect(await stored()).toMatchObject([
    { failed: true, body: null, last_error: "not sent in time" },
  ]);
  await put();
  await services.system.query(
    "update mails set created_at = now() - interval '31 days' where failed_at is not null",
  );
  await forgetMails(services);
  expect(await stored()).toMatchObject([{ failed: false }]);
});

test("a subject is one line", async () => {
  await put({ subject: `Ada\r\nBcc: eve@example.com\u2028 ${"x".repeat(300)}` });
  const [mail] = await claim();
  expect(must(mail).subject).toMatch(/^Ada Bcc: eve@example.com x+…$/);
  expect(must(mail).subject).toHaveLength(180);
});

test("the API's role can put a mail into its own organization and read none", async () => {
  await put();
  const db = await services.app.connect();
  try {
    const { organizationId } = database.owner;
    const insert = `insert into mails (id, organization_id, recipient, subject, expires_at) values ($1, $2, 'a@b', '', now())`;
    await db.query(`begin; set local sayso.organization_id = '${organizationId}'`);
    await db.query(insert, [services.newId(), organizationId]);
    await db.query("savepoint here");
    await expect(db.query(insert, [services.newId(), services.newId()])).rejects.toThrow(
      /row-level security/,
    );
    await db.query("rollback to here");
    await expect(db.query("select from mails")).rejects.toThrow(/permission denied/);
  } finally {
    await db.query("rollback");
    db.release();
  }
});

test("retries are spread by a fifth", () => {
  expect(nextMailAttempt(1, () => 0)).toBe(4000);
  expect(nextMailAttempt(1, () => 1)).toBe(6000);
  expect(nextMailAttempt(9, () => 0)).toBeNull();
});
