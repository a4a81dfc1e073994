import { randomBytes } from "node:crypto";
import {
  ALL_SCOPES,
  createConnection,
  createPerson,
  createTeam,
  createToken,
  newId,
  setTeamMembers,
  signIn,
  updateConnection,
  type Context,
  type Role,
} from "@sayso/core";
import { createWebhookSecret } from "@sayso/signature";
import { api, type Api } from "./api.ts";
import type { TestServices } from "./services.ts";

/** A person with everything that they can act with. */
export interface TestPerson {
  id: string;
  name: string;
  email: string;
  password: string;
  role: Role;
  /** Their personal token with every scope, and the API as they use it. */
  token: string;
  api: Api;
  /** Acts as they do when they are signed in. */
  context: Context;
  /** Another personal token, with these scopes only. */
  createToken: (scopes: readonly string[]) => Promise<{ id: string; token: string }>;
  /** Signs in; gives the session's token. */
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
  /** Acts as the owner. */
  context: Context;
  addPerson: (person?: { name?: string; role?: Role; canApprove?: boolean }) => Promise<TestPerson>;
  /** Rate limit 10,000 unless given. The owner answers for it unless another admin is given. */
  addConnection: (
    connection?: Partial<Omit<Parameters<typeof createConnection>[1], "preset">> & {
      preset?: "n8n" | "zapier" | "make";
      isActive?: boolean;
      by?: TestPerson;
    },
  ) => Promise<TestConnection>;
  addTeam: (name: string, people: readonly TestPerson[]) => Promise<{ id: string; name: string }>;
}

const PASSWORD = "seven quiet herons";
/** What is stored of it, once somebody has it: hashing is meant to be slow. */
let passwordHash: string | undefined;

let counter = 0;
/** A name that no other test of the run has. */
const unique = (what: string): string => `${what} ${++counter} ${randomBytes(3).toString("hex")}`;

/**
 * An organization with its owner. People, teams and connections come from core's own verbs.
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
  // The very first owner: nobody is there who could add them.
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
    const email = `${personName.toLowerCase().replaceAll(/[^a-z0-9]+/g, ".")}.${randomBytes(3).toString("hex")}@example.com`;
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
    });
  };
  const owner = await addPerson(root, { name: unique("Owner"), role: "owner" });
  const { context } = owner;
  return {
    id,
    name,
    owner,
    context,
    addPerson: (given) => addPerson(context, given),
    async addConnection({ by, isActive, ...given } = {}) {
      const made = await createConnection((by ?? owner).context, {
        rateLimitPerHour: 10_000,
        ...given,
        name: given.name ?? unique("Connection"),
      });
      if (isActive === false) await updateConnection(context, made.connection.id, { isActive });
      return {
        id: made.connection.id,
        name: made.connection.name,
        key: made.key,
        keyId: made.keyId,
        webhookSecret: made.webhookSecret,
        ownerId: made.connection.ownerId,
        api: api(at.url, made.key),
      };
    },
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

/** Makes them a member; who is known already, with a password, needs no invitation. */
async function createWithPassword(
  { sql }: TestServices,
  by: Context,
  person: Parameters<typeof createPerson>[1],
): Promise<string> {
  if (passwordHash !== undefined) {
    await sql("insert into people (id, email, name, password_hash) values ($1, $2, $3, $4)", [
      newId(),
      person.email,
      person.name,
      passwordHash,
    ]);
    return (await createPerson(by, person)).personId;
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
  person: { organizationId: string; id: string; name: string; email: string; role: Role },
): Promise<TestPerson> {
  const { organizationId, ...given } = person;
  const context: Context = {
    services,
    organizationId,
    actor: { kind: "person", personId: person.id, role: person.role, via: "session" },
  };
  const makeToken = (scopes: readonly string[]) =>
    createToken(context, { name: unique("Token"), scopes });
  const { token } = await makeToken([...ALL_SCOPES]);
  return {
    ...given,
    password: PASSWORD,
    token,
    api: api(at.url, token),
    context,
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
