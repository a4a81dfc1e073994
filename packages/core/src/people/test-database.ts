import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openCluster, openPool } from "@sayso/database";
import { createWebhookSecret } from "@sayso/signature";
import type { Role } from "../actor.ts";
import type { Context, Services } from "../context.ts";
import { createServices } from "../services.ts";
import { createPerson, type NewPerson } from "./create-person.ts";
import { createFirstOrganization } from "./first-admin.ts";

/** A migrated PostgreSQL of its own in a temporary folder, with the core on it and the first organization in it. */
export interface TestDatabase {
  services: Services;
  /** As the owner of the first organization, on the command line. */
  owner: Context;
  /** A member with this e-mail and password, ready to sign in. */
  addPerson(email: string, password: string, more?: Partial<NewPerson>): Promise<string>;
  /** Another organization, as its owner, who is nobody elsewhere. */
  addOrganization(name: string): Promise<Context>;
  /** As this person, signed in: in the first organization unless another is named. */
  as(personId: string, role: Role, organizationId?: string): Context;
  close(): Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "sayso-people-"));
  const quiet = () => undefined;
  const cluster = await openCluster({
    dataDirectory: join(folder, "data"),
    password: "test",
    holder: "people test",
    purpose: "server",
    log: { info: quiet, warn: quiet, error: quiet },
  });
  await migrate(cluster.ownerUrl);
  const pool = (role: "sayso_app" | "sayso_system") =>
    openPool({ url: cluster.ownerUrl, role, max: 10, applicationName: "people test" });
  const [app, system] = [pool("sayso_app"), pool("sayso_system")];
  const services = createServices({
    app,
    system,
    secret: "test secret",
    publicUrl: "http://localhost:3000",
  });
  const { organizationId, personId } = await createFirstOrganization(services);
  const owner: Context = {
    services,
    organizationId,
    actor: { kind: "person", personId, role: "owner", via: "command_line" },
  };
  const as: TestDatabase["as"] = (id, role, inOrganization = organizationId) => ({
    services,
    organizationId: inOrganization,
    actor: { kind: "person", personId: id, role, via: "session" },
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
    close: async () => {
      await Promise.all([app.end(), system.end()]);
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
