import { must } from "@sayso/must";
import { openStage } from "@sayso/testkit";
import { removeMember, updateMember } from "@sayso/core";
import { afterAll, expect, test } from "vitest";
import { expectAllSound, expectSound } from "../request-history.ts";
import { inRounds, openRaces, ROUNDS } from "./lanes.ts";

// Three real processes on one PostgreSQL: a person loses the right to approve while other people vote.

const stage = await openStage({ replicas: 3 });
const races = await openRaces(stage);
const { openCast, on } = races;
const { services } = stage;
afterAll(() => Promise.all([stage.close(), races.close()]));
const read = async (id: string, personId: string) =>
  must(
    (
      await services.sql<{ status: string; counting: number }>(
        `select status, (select count(*)::int from votes v
           where v.request_id = r.id and v.person_id = $2 and v.voided_at is null) as counting
         from requests r where id = $1`,
        [id, personId],
      )
    )[0],
  );

test("the last vote at the instant of a removal: the removed person's vote decided before, or is void", async () => {
  const { organization, ask, bob } = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const eve = await organization.addPerson({ name: "Eve" });
    const id = await ask({ required_approvals: 2 });
    await on(eve, n).approve(id);
    const [then] = await Promise.all([
      removeMember(organization.context, eve.id).then(() => read(id, eve.id)),
      on(bob, n + 1).approve(id),
    ]);
    const now = await read(id, eve.id);
    expect(now.counting).toBe(then.counting);
    expect(now).toEqual(
      then.counting === 1
        ? { status: "approved", counting: 1 }
        : { status: "pending", counting: 0 },
    );
    if (then.counting === 1) expect(then.status).toBe("approved");
    await expectSound(services, id);
  });
});

test("a vote at the instant at which its person loses the right to approve counts before, or never", async () => {
  const { organization, ask } = await openCast();
  await inRounds(ROUNDS, async (n) => {
    const eve = await organization.addPerson({ name: "Eve" });
    const id = await ask();
    const [then, vote] = await Promise.all([
      updateMember(organization.context, eve.id, { canApprove: false }).then(() =>
        read(id, eve.id),
      ),
      on(eve, n).approve(id),
    ]);
    expect(await read(id, eve.id)).toEqual(then);
    expect(then.status).toBe(vote.status === 200 ? "approved" : "pending");
    await expectSound(services, id);
  });
});

test("afterwards every request of these races is sound", async () => {
  await expectAllSound(services);
});
