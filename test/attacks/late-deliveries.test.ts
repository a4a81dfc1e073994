// A delivery that waits is sent only if the subscription's owner may still see its event.
import { createSubscription, updateMember, type Context } from "@sayso/core";
import {
  createOrganization,
  openStage,
  startReceiver,
  until,
  type TestPerson,
} from "@sayso/testkit";
import { afterAll, expect, test } from "vitest";

const stage = await openStage();
const receiver = await startReceiver();
afterAll(() => Promise.all([stage.close(), receiver.stop()]));
const { server, services, owner } = stage;
receiver.answerWith({ status: 503 });

const signedIn = (person: TestPerson): Context => ({
  ...person.context,
  actor: { kind: "person", personId: person.id, role: person.role, via: "session" },
});
const deliveriesTo = (url: string) =>
  services.sql<{ id: string; status: string; attempts: number }>(
    "select id, status, attempts from deliveries where url = $1 order by created_at, id",
    [url],
  );
const attempted = (path: string) => receiver.requests.filter((one) => one.path === path).length;

/** Subscribes, lets `cause` write an event, and waits for the first attempt, which fails. */
async function fail(
  context: Context,
  path: string,
  eventTypes: string[],
  cause: () => Promise<unknown>,
) {
  const url = receiver.url + path;
  await createSubscription(context, { targetUrl: url, eventTypes });
  await cause();
  await until(
    async () => (await deliveriesTo(url)).some(({ attempts }) => attempts > 0),
    `an attempt at ${path}`,
  );
  await until(
    async () =>
      (
        await services.sql(
          "select from delivery_attempts a join deliveries d on d.id = a.delivery_id where d.url = $1",
          [url],
        )
      ).length > 0,
    `the outcome of the attempt at ${path}`,
  );
  return url;
}
const makeDue = (url: string) =>
  services.sql(
    "update deliveries set next_attempt_at = now() where url = $1 and status = 'pending'",
    [url],
  );
const settled = (url: string) =>
  until(
    async () =>
      (await deliveriesTo(url)).every(({ attempts, status }) => attempts > 1 || status === "gone"),
    `the second attempt of ${url}`,
  );

test("an event that only admins see isn't retried to an admin who is a member by now", async () => {
  const { organization } = stage;
  const [admin, stays] = [
    await organization.addPerson({ role: "admin" }),
    await organization.addPerson({ role: "admin" }),
  ];
  const bob = await organization.addPerson();
  const cause = () =>
    updateMember(signedIn(owner), bob.id, { name: `Robert ${crypto.randomUUID()}` });
  const toStays = await fail(signedIn(stays), "/stays", ["person.renamed"], cause);
  const toAdmin = await fail(signedIn(admin), "/demoted", ["person.renamed"], cause);
  await updateMember(signedIn(owner), admin.id, { role: "member" });
  await Promise.all([makeDue(toAdmin), makeDue(toStays)]);
  await Promise.all([settled(toAdmin), settled(toStays)]);
  expect((await deliveriesTo(toAdmin)).map(({ status }) => status)).toEqual(["gone"]);
  expect(attempted("/demoted")).toBe(1);
  expect(attempted("/stays")).toBeGreaterThan(1);
});

test("an event of a request that isn't theirs to see isn't retried either", async () => {
  const organization = await createOrganization(services, server);
  const [admin, asked] = [
    await organization.addPerson({ role: "admin" }),
    await organization.addPerson({ role: "admin" }),
  ];
  const bot = await organization.addConnection();
  await services.sql("update organizations set request_visibility = 'involved' where id = $1", [
    organization.id,
  ]);
  const ask = () => bot.api.create({ assigned_approvers: [asked.id] });
  const toAsked = await fail(signedIn(asked), "/asked", ["approval.created"], ask);
  const toAdmin = await fail(signedIn(admin), "/uninvolved", ["approval.created"], ask);
  for (const { id } of [admin, asked])
    await updateMember(signedIn(organization.owner), id, { role: "member" });
  await Promise.all([makeDue(toAdmin), makeDue(toAsked)]);
  await Promise.all([settled(toAdmin), settled(toAsked)]);
  expect((await deliveriesTo(toAdmin)).map(({ status }) => status)).toEqual(["gone"]);
  expect(attempted("/uninvolved")).toBe(1);
  expect(attempted("/asked")).toBeGreaterThan(1);
});
