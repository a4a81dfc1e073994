// A link or an invitation gives nothing once its maker lost the right to make it, nor after the right comes back.
import {
  acceptInvitation,
  changePassword,
  createPerson,
  disablePerson,
  enablePerson,
  inviteAgain,
  invitePerson,
  listInvitations,
  removeMember,
  resetPassword,
  sendInvitationAgain,
  signIn,
  updateMember,
  type Context,
  type Role,
} from "@sayso/core";
import { must } from "@sayso/must";
import { createOrganization, shareStage, until, type TestPerson } from "@sayso/testkit";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { createVisitor } from "../pages/visitor.ts";

const stage = await shareStage();
afterAll(() => stage.close());
const { server, services } = stage;
const ANOTHER = "nine rare otters swim";

/** Signed in, like a person in a browser: the operator's context would let everything through. */
const signedIn = (person: TestPerson, role: Role = person.role): Context => ({
  ...person.context,
  actor: { kind: "person", personId: person.id, role, via: "session" },
});

async function open() {
  const organization = await createOrganization(services, server);
  const admin = await organization.addPerson({ name: "Adam", role: "admin" });
  const target = await organization.addPerson({ name: "Tara" });
  const elsewhere = await createOrganization(services, server);
  const owner = signedIn(organization.owner);
  const become = (person: TestPerson, role: Role) => updateMember(owner, person.id, { role });
  return { organization, admin, target, elsewhere, owner, become };
}
type Opened = Awaited<ReturnType<typeof open>>;

const pathOf = ({ url }: { url: string }) => new URL(url).pathname;
/** Opens the page of a link and sends its form. */
async function use(path: string) {
  const shown = await createVisitor(server.url).get(path);
  const sent = await createVisitor(server.url).post(path, { name: "Nia", password: ANOTHER });
  return [shown.status, sent.status];
}
const works = [200, 303];
const isDead = [404, 404];
const keepsTheirPassword = async (person: TestPerson) =>
  (await createVisitor(server.url).signIn(person)).status === 303;
const eventsOf = ({ id }: { id: string }, type: string) =>
  services.sql<{ data: Record<string, unknown>; actor_id: string }>(
    "select data, actor_id from events where organization_id = $1 and type = $2 order by id",
    [id, type],
  );

/** Invites a person of this organization to the other one, where they accept. */
async function joinElsewhere({ elsewhere, target }: Opened) {
  const { link } = await invitePerson(elsewhere.context, {
    email: target.email,
    name: "Tara",
    role: "admin",
  });
  await acceptInvitation(target.context, link.token);
}

const changes: [string, (opened: Opened) => Promise<unknown>][] = [
  ["its maker was removed", ({ owner, admin }) => removeMember(owner, admin.id)],
  ["its maker left", ({ admin }) => removeMember(signedIn(admin), admin.id)],
  ["its maker was demoted", ({ become, admin }) => become(admin, "member")],
  [
    "its maker was demoted and promoted again",
    async ({ become, admin }) => {
      await become(admin, "member");
      await become(admin, "admin");
    },
  ],
  ["its maker was disabled", ({ owner, admin }) => disablePerson(owner, admin.id)],
  [
    "its maker was disabled and enabled again",
    async ({ owner, admin }) => {
      await disablePerson(owner, admin.id);
      await enablePerson(owner, admin.id);
    },
  ],
  ["its person became an owner", ({ become, target }) => become(target, "owner")],
  [
    "its person was an owner for a moment",
    async ({ become, target }) => {
      await become(target, "owner");
      await become(target, "member");
    },
  ],
  ["its person joined another organization", joinElsewhere],
  [
    "its person was in another organization for a moment",
    async (opened) => {
      await joinElsewhere(opened);
      await removeMember(opened.elsewhere.context, opened.target.id);
    },
  ],
  [
    "its maker chose another password, because somebody else had used their session",
    async ({ admin }) => {
      const device = { deviceToken: null, userAgent: null, address: null };
      await signIn(services, { email: admin.email, password: admin.password, ...device });
      await changePassword(signedIn(admin), {
        currentPassword: admin.password,
        newPassword: ANOTHER,
        keepSessionId: "none",
      });
    },
  ],
];
/** The same changes, as a process of an earlier release makes them: it ends no link. */
const unnoticed: [string, string][] = [
  ["its maker is a member only", "update memberships set role = 'member' where person_id = $1"],
  ["its maker is no member", "delete from memberships where person_id = $1"],
  ["its maker is disabled", "update people set disabled_at = now() where id = $1"],
  ["its person is an owner", "update memberships set role = 'owner' where person_id = $2"],
  [
    "its person is in another organization as well",
    "insert into memberships (organization_id, person_id, role) values ($3, $2, 'member')",
  ],
  ["its person is disabled", "update people set disabled_at = now() where id = $2"],
];

describe("a link for a new password that an admin made", () => {
  const make = async ({ admin, target }: Opened) =>
    pathOf(await resetPassword(signedIn(admin), target.id));

  test("works while its maker may make it", async () => {
    const opened = await open();
    expect(await use(await make(opened))).toEqual(works);
  });

  test.each(changes)("is dead after %s", async (_, change) => {
    const opened = await open();
    const path = await make(opened);
    await change(opened);
    expect(await use(path)).toEqual(isDead);
    expect(await keepsTheirPassword(opened.target)).toBe(true);
  });

  test.each(unnoticed)("is dead while %s, whatever changed that", async (_, sql) => {
    const opened = await open();
    const path = await make(opened);
    const ids = [opened.admin.id, opened.target.id, opened.elsewhere.id];
    const used = sql.match(/\$\d/g)?.map((one) => must(ids[Number(one.slice(1)) - 1])) ?? [];
    let count = 0;
    await services.sql(
      sql.replaceAll(/\$\d/g, () => `$${++count}`),
      used,
    );
    expect(await use(path)).toEqual(isDead);
  });

  test("of an owner is made by an owner only, and is dead after that owner is only an admin", async () => {
    const { organization, owner, become } = await open();
    const [first, second] = [
      await organization.addPerson({ role: "owner" }),
      await organization.addPerson({ role: "owner" }),
    ];
    const path = pathOf(await resetPassword(signedIn(first), second.id));
    await become(first, "admin");
    expect(owner.organizationId).toBe(organization.id);
    expect(await use(path)).toEqual(isDead);
  });

  test("ends with an event that names its person, and says nothing of the other organization", async () => {
    const opened = await open();
    const { organization, elsewhere, target, admin, become } = opened;
    await make(opened);
    await become(admin, "member");
    expect(await eventsOf(organization, "person.link_ended")).toEqual([
      {
        data: { person_id: target.id, purpose: "password_reset", made_by: admin.id },
        actor_id: organization.owner.id,
      },
    ]);
    await become(admin, "admin");
    await make(opened);
    await joinElsewhere(opened);
    const [, second] = await eventsOf(organization, "person.link_ended");
    expect(must(second).data).toMatchObject({ person_id: target.id });
    expect(JSON.stringify(second)).not.toContain(elsewhere.id);
    expect(await eventsOf(elsewhere, "person.link_ended")).toEqual([]);
  });

  test("isn't used while its maker is being demoted, nor after", async () => {
    const opened = await open();
    const path = await make(opened);
    await whileDemoting(opened.admin, async (isWaiting) => {
      const sent = createVisitor(server.url).post(path, { password: ANOTHER });
      await isWaiting();
      return async () => expect((await sent).status).toBe(404);
    });
    expect(await keepsTheirPassword(opened.target)).toBe(true);
  });
});

describe("an invitation for a member who has nothing to sign in with", () => {
  const make = async ({ admin, target }: Opened) => {
    await services.sql("update people set password_hash = null where id = $1", [target.id]);
    return pathOf(await inviteAgain(signedIn(admin), target.id));
  };

  test("works while its maker may make it", async () => {
    const opened = await open();
    expect(await use(await make(opened))).toEqual(works);
  });

  test.each(changes)("is dead after %s", async (_, change) => {
    const opened = await open();
    const path = await make(opened);
    await change(opened);
    expect(await use(path)).toEqual(isDead);
  });
});

describe("a link that nobody's right stands behind", () => {
  test("goes on working: the operator's, whatever the roles", async () => {
    const { organization, target, become } = await open();
    const path = pathOf(await resetPassword(organization.operator, target.id));
    await become(target, "admin");
    expect(await use(path)).toEqual(works);
    const made = await createPerson(organization.operator, {
      email: `${crypto.randomUUID()}@example.com`,
      name: "New",
      role: "member",
    });
    await updateMember(organization.context, made.personId, { role: "owner" });
    expect(await use(pathOf(must(made.invitation)))).toEqual(works);
  });
});

describe("an invitation", () => {
  const invite = async ({ admin }: Opened, role: Role = "admin") => {
    const email = `${crypto.randomUUID()}@example.com`;
    const { id, link } = await invitePerson(signedIn(admin), { email, name: "Friend", role });
    return { id, email, path: pathOf(link) };
  };

  test.each([...changes.slice(0, 6), ...changes.slice(-1)])(
    "is dead after %s",
    async (_, change) => {
      const opened = await open();
      const { id, email, path } = await invite(opened);
      await change(opened);
      expect(await use(path)).toEqual(isDead);
      const { owner, organization } = opened;
      expect(await listInvitations(owner)).toMatchObject([{ id, isOpen: false, hasLapsed: true }]);
      expect(await eventsOf(organization, "invitation.lapsed")).toMatchObject([
        { data: { invitation_id: id, email, invited_by: opened.admin.id } },
      ]);
      const again = await sendInvitationAgain(owner, id);
      expect(await listInvitations(owner)).toMatchObject([{ id, isOpen: true, hasLapsed: false }]);
      expect(await use(pathOf(again))).toEqual(works);
    },
  );

  test("is dead after its sender left and came back as an admin", async () => {
    const opened = await open();
    const { owner, admin } = opened;
    const { path } = await invite(opened);
    await services.sql("delete from memberships where person_id = $1", [admin.id]);
    await services.sql("insert into former_members (organization_id, person_id) values ($1, $2)", [
      owner.organizationId,
      admin.id,
    ]);
    const { link } = await invitePerson(owner, { email: admin.email, name: "Adam", role: "admin" });
    const back = { name: "Adam", password: admin.password };
    expect((await createVisitor(server.url).post(pathOf(link), back)).status).toBe(303);
    expect(await use(path)).toEqual(isDead);
  });

  test("of an owner by an owner is dead after they are an admin; that of a member isn't", async () => {
    const { organization, become } = await open();
    const second = await organization.addPerson({ role: "owner" });
    const [owner, member] = [
      await invite({ admin: second } as Opened, "owner"),
      await invite({ admin: second } as Opened, "member"),
    ];
    await become(second, "admin");
    await become(second, "owner");
    expect(await use(owner.path)).toEqual(isDead);
    expect(await use(member.path)).toEqual(works);
  });

  test.each([
    [
      "made",
      async ({ admin, target }: Opened) =>
        invitePerson(signedIn(admin), { email: `x.${target.email}`, name: "X", role: "admin" }),
    ],
    [
      "sent again",
      async ({ admin, organization }: Opened) => {
        const [row] = await services.sql<{ id: string }>(
          "select id from invitations where organization_id = $1",
          [organization.id],
        );
        return sendInvitationAgain(signedIn(admin), must(row).id);
      },
    ],
  ])("is not %s by an admin who is being demoted", async (_, act) => {
    const opened = await open();
    const { owner, admin } = opened;
    const first = await invitePerson(owner, {
      email: `${crypto.randomUUID()}@x.de`,
      name: "F",
      role: "admin",
    });
    await whileDemoting(admin, async (isWaiting) => {
      const done = act(opened).then(
        () => "done",
        (error: { code?: string }) => error.code,
      );
      await isWaiting();
      return async () => expect(await done).toBe("forbidden");
    });
    expect(await use(pathOf(first.link))).toEqual(works);
  });
});

/**
 * Demotes a person in a transaction that is open while `during` begins, and commits when its call waits for it; then
 * runs what `during` returned.
 */
async function whileDemoting(
  { id }: TestPerson,
  during: (isWaiting: () => Promise<void>) => Promise<() => Promise<unknown>>,
): Promise<void> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const { pid } = must(rows[0]);
    await client.query("select from people where id = $1 for no key update", [id]);
    await client.query("update memberships set role = 'member' where person_id = $1", [id]);
    const after = await during(() =>
      until(async () => {
        const waiting = await services.sql(
          "select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))",
          [pid],
        );
        return waiting.length > 0;
      }, "a call waits for the demotion"),
    );
    await client.query("commit");
    await after();
  } finally {
    await client.end();
  }
}
