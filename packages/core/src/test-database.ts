import { randomBytes } from "node:crypto";
import { openPool } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import pg from "pg";
import type { Role } from "./actors/actor.ts";
import type { FullContext, Services } from "./services.ts";
import { createServices } from "./services.ts";
import { createPerson, type NewPerson } from "./members/create-person.ts";
import { createFirstOrganization } from "./members/first-admin.ts";

/** A migrated database for one test, with the core on it and the first organization in it. */
export interface TestDatabase {
  services: Services;
  /** The owner of the first organization, on the command line. */
  owner: FullContext;
  /** Adds a member with this e-mail and password, ready to sign in. */
  addPerson(email: string, password: string, more?: Partial<NewPerson>): Promise<string>;
  /** Adds another organization and returns its owner's context. That owner belongs to no other organization. */
  addOrganization(name: string): Promise<FullContext>;
  /** Makes a person a member of another organization, as if they had accepted an invitation. */
  admit(personId: string, to: FullContext, role?: Role): Promise<void>;
  /** Returns the context of this person, signed in: in the first organization unless another is named. */
  as(personId: string, role: Role, organizationId?: string): FullContext;
  close(): Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = findCluster();
  const name = `core_${randomBytes(8).toString("hex")}`;
  const administer = async (statement: string) => {
    const admin = new pg.Client({ connectionString: adminUrl });
    await admin.connect();
    await admin.query(statement).finally(() => admin.end());
  };
  await administer(`create database ${name} template ${template}`);
  const url = Object.assign(new URL(adminUrl), { pathname: name }).href;
  const pool = (role: "sayso_app" | "sayso_system") =>
    openPool({ url, role, max: 10, applicationName: "people test" });
  const [app, system] = [pool("sayso_app"), pool("sayso_system")];
  const services = createServices({
    app,
    system,
    secret: "test secret",
    publicUrl: "http://localhost:3000",
  });
  const { organizationId, personId } = await createFirstOrganization(services);
  const owner: FullContext = {
    services,
    organizationId,
    actor: { kind: "person", personId, role: "owner", via: "command_line" },
  };
  const as: TestDatabase["as"] = (id, role, inOrganization = organizationId) => ({
    services,
    organizationId: inOrganization,
    actor: { kind: "person", personId: id, role, via: "session", canApprove: true },
  });
  return {
    services,
    owner,
    as,
    addPerson: async (email, password, more) =>
      (await createPerson(owner, { email, password, name: email, role: "member", ...more }))
        .personId,
    async addOrganization(name) {
      const [id, ownerId] = [services.newId(), services.newId()];
      await system.query(
        "insert into organizations (id, name, webhook_secret) values ($1, $2, $3)",
        [id, name, services.secrets.seal(createWebhookSecret())],
      );
      await system.query("insert into people (id, email, name) values ($1, $2, $3)", [
        ownerId,
        `${ownerId}@example.com`,
        `Owner of ${name}`,
      ]);
      await system.query("insert into memberships values ($1, $2, 'owner')", [id, ownerId]);
      return as(ownerId, "owner", id);
    },
    async admit(personId, to, role = "member") {
      await system.query(
        "insert into memberships (organization_id, person_id, role) values ($1, $2, $3)",
        [to.organizationId, personId, role],
      );
    },
    close: async () => {
      await Promise.all([app.end(), system.end()]);
      await administer(`drop database ${name} with (force)`);
    },
  };
}

/** Finds the PostgreSQL of the test run. packages/testkit/src/cluster.ts leaves its address in the environment. */
function findCluster(): { adminUrl: string; template: string } {
  const address = process.env.SAYSO_TEST_CLUSTER;
  if (address === undefined) throw new Error("There is no test cluster: run this by vitest");
  return JSON.parse(address) as { adminUrl: string; template: string };
}
