import { randomBytes } from "node:crypto";
import {
  ALL_SCOPES,
  createConnection,
  createPerson,
  createTeam,
  createTemplate,
  createToken,
  newId,
  setTeamMembers,
  signIn,
  updateConnection,
  type Context,
  type PersonActor,
  type Role,
} from "@sayso/core";
import { createWebhookSecret } from "@sayso/signature";
import { api, type Api } from "./api.ts";
import type { TestServices } from "./services.ts";

/** A person with all their credentials. */
export interface TestPerson {
  id: string;
  name: string;
  email: string;
  password: string;
  role: Role;
  /** The person's personal token with every scope, and a client of the API that uses it, or another token to decide. */
  token: string;
  api: Api;
  /** The context of the person while they are signed in. */
  context: Context;
  /** Acts by a session of the person that was proven a moment ago. */
  inPerson: <T>(act: (context: Context) => Promise<T>) => Promise<T>;
  /** Creates another personal token, with only these scopes. */
  createToken: (scopes: readonly string[]) => Promise<{ id: string; token: string }>;
  /** Signs the person in. Returns the session's token. */
  signIn: () => Promise<string>;
}

/** A machine that asks. */
export interface TestConnection {
  id: string;
  name: string;
  key: string;
  keyId: string;
  webhookSecret: string;
  ownerId: string;
  api: Api;
}

export interface TestOrganization {
  id: string;
  name: string;
  owner: TestPerson;
  /** The owner's context. */
  context: Context;
  /** The command line's context. */
  operator: Context;
  /** Makes a person of another organization a member, as if they had accepted an invitation. */
  admit: (person: { id: string }, role?: Role) => Promise<void>;
  addPerson: (person?: { name?: string; role?: Role; canApprove?: boolean }) => Promise<TestPerson>;
  /**
   * Adds a connection with the rate limit 10,000 unless another is given. The owner answers for it unless another admin
   * is given.
   */
  addConnection: (
    connection?: Partial<Omit<Parameters<typeof createConnection>[1], "preset">> & {
      preset?: "n8n" | "zapier" | "make";
      isActive?: boolean;
      by?: TestPerson;
    },
  ) => Promise<TestConnection>;
  /**
   * Returns the part of a request that makes it approve itself after so many minutes: a template that the owner made.
   */
  approvingItself: (minutes: number) => Promise<{ template_id: string }>;
  addTeam: (name: string, people: readonly TestPerson[]) => Promise<{ id: string; name: string }>;
}

const PASSWORD = "seven quiet herons";
/** The hash of the password that all people of the kit have. It is computed once, because hashing is slow by design. */
let passwordHash: string | undefined;

let counter = 0;
/** Returns a name that no other test of the run has. */
const unique = (what: string): string => `${what} ${++counter} ${randomBytes(3).toString("hex")}`;

/**
 * Creates an organization with its owner. The verbs of packages/core make people, teams and connections.
 *
 * @param at the server whose API the people and connections use
 * @param options.fourEyes default false
 */
export async function createOrganization(
  services: TestServices,
  at: { url: string },
  options: { name?: string; fourEyes?: boolean } = {},
): Promise<TestOrganization> {
  const id = newId();
  const ownerId = newId();
  const name = options.name ?? unique("Organization");
  await services.sql(
    "insert into organizations (id, name, four_eyes, webhook_secret) values ($1, $2, $3, $4)",
    [id, name, options.fourEyes ?? false, services.secrets.seal(createWebhookSecret())],
  );
  // Nobody exists yet who could add the first owner.
  const root: Context = {
    services,
    organizationId: id,
    actor: { kind: "person", personId: ownerId, role: "owner", via: "command_line" },
  };
  const addPerson = async (
    by: Context,
    given: { name?: string; role?: Role; canApprove?: boolean } = {},
  ) => {
    const role = given.role ?? "member";
    const personName = given.name ?? unique("Person");
    const [local = "somebody"] = personName.toLowerCase().match(/[a-z0-9].{0,30}/) ?? [];
    const email = `${local.replaceAll(/[^a-z0-9]+/g, "-")}.${randomBytes(3).toString("hex")}@example.com`;
    const personId = await createWithPassword(services, by, {
      email,
      name: personName,
      role,
      canApprove: given.canApprove,
    });
    return asPerson(services, at, {
      organizationId: id,
      id: personId,
      name: personName,
      email,
      role,
      canApprove: given.canApprove ?? true,
    });
  };
  const owner = await addPerson(root, { name: unique("Owner"), role: "owner" });
  const { context } = owner;
  const operator: Context = {
    ...root,
    actor: { ...root.actor, personId: owner.id } as Context["actor"],
  };
  return {
    id,
    name,
    owner,
    context,
    operator,
    addPerson: (given) => addPerson(operator, given),
    admit: (person, role) => admit(services, id, person.id, role),
    addConnection: (given) => addConnection(owner, at, given),
    approvingItself: (minutes) => makeApprovingTemplate(context, minutes),
    async addTeam(teamName, people) {
      const team = await createTeam(context, { name: teamName });
      await setTeamMembers(
        context,
        team.id,
        people.map((person) => person.id),
      );
      return { id: team.id, name: team.name };
    },
  };
}

async function addConnection(
  owner: TestPerson,
  at: { url: string },
  { by = owner, isActive, ...given }: Parameters<TestOrganization["addConnection"]>[0] = {},
): Promise<TestConnection> {
  const input = { rateLimitPerHour: 10_000, ...given, name: given.name ?? unique("Connection") };
  const made = input.canDecide
    ? await by.inPerson((there) => createConnection(there, input))
    : await createConnection(by.context, input);
  if (isActive === false) await updateConnection(owner.context, made.connection.id, { isActive });
  return {
    id: made.connection.id,
    name: made.connection.name,
    key: made.key,
    keyId: made.keyId,
    webhookSecret: made.webhookSecret,
    ownerId: made.connection.ownerId,
    api: api(at.url, made.key),
  };
}

/** Acts by a session that was just proven, and deletes it afterwards. */
async function inPerson<T>(
  { sql }: TestServices,
  context: Context,
  act: (context: Context) => Promise<T>,
): Promise<T> {
  const { organizationId } = context;
  const actor = context.actor as PersonActor;
  const sessionId = newId();
  await sql(
    `insert into sessions (id, organization_id, person_id, token_hash, expires_at)
     values ($1, $2, $3, $4, now() + interval '1 hour')`,
    [sessionId, organizationId, actor.personId, randomBytes(32)],
  );
  try {
    return await act({ ...context, actor: { ...actor, sessionId } });
  } finally {
    await sql("delete from sessions where id = $1", [sessionId]);
  }
}

async function admit(
  { sql }: TestServices,
  organizationId: string,
  personId: string,
  role: Role = "member",
): Promise<void> {
  await sql("insert into memberships (organization_id, person_id, role) values ($1, $2, $3)", [
    organizationId,
    personId,
    role,
  ]);
}

async function makeApprovingTemplate(by: Context, minutes: number) {
  const { id } = await createTemplate(by, {
    name: unique("Template"),
    defaults: { autoAction: "approve", autoActionAfterMinutes: minutes },
  });
  return { template_id: id };
}

/** Makes the person a member, with a password that is hashed only once. */
async function createWithPassword(
  { sql }: TestServices,
  by: Context,
  person: Parameters<typeof createPerson>[1],
): Promise<string> {
  if (passwordHash !== undefined) {
    const { personId: id } = await createPerson(by, person);
    await sql("update people set password_hash = $2 where id = $1", [id, passwordHash]);
    await sql("delete from one_time_links where person_id = $1", [id]);
    await sql("delete from mails where recipient = $1", [person.email]);
    return id;
  }
  const { personId } = await createPerson(by, { ...person, password: PASSWORD });
  const [made] = await sql<{ password_hash: string }>(
    "select password_hash from people where id = $1",
    [personId],
  );
  passwordHash = made?.password_hash;
  return personId;
}

async function asPerson(
  services: TestServices,
  at: { url: string },
  person: {
    organizationId: string;
    id: string;
    name: string;
    email: string;
    role: Role;
    canApprove: boolean;
  },
): Promise<TestPerson> {
  const { organizationId, canApprove: _, ...given } = person;
  const context: Context = {
    services,
    organizationId,
    actor: {
      kind: "person",
      personId: person.id,
      role: person.role,
      via: "session",
      canApprove: person.canApprove,
    },
  };
  // Sends no mail about the credentials that the kit creates.
  const unmailed: Context = { ...context, services: { ...services, mail: { isEnabled: false } } };
  const makeToken = (scopes: readonly string[]) =>
    inPerson(services, unmailed, (there) => createToken(there, { name: unique("Token"), scopes }));
  const [{ token }, deciding] = [
    await makeToken([...ALL_SCOPES]),
    await makeToken([...ALL_SCOPES]),
  ];
  return {
    ...given,
    password: PASSWORD,
    token,
    api: api(at.url, { asks: token, decides: deciding.token }),
    context,
    inPerson: (act) => inPerson(services, context, act),
    createToken: makeToken,
    async signIn() {
      const { sessionToken } = await signIn(services, {
        email: person.email,
        password: PASSWORD,
        deviceToken: null,
        userAgent: "the test kit",
        address: "127.0.0.1",
      });
      return sessionToken;
    },
  };
}
