import {
  createOrganization,
  type TestConnection,
  type TestOrganization,
  type TestPerson,
} from "./organization.ts";
import { startServer, type StartOptions, type TestServer } from "./server.ts";
import { openServices, type TestServices } from "./services.ts";
import { share } from "./share.ts";

/** A server with the people and the connection that most tests need. */
export interface Stage {
  server: TestServer;
  services: TestServices;
  organization: TestOrganization;
  owner: TestPerson;
  /** Two members who may approve. */
  alice: TestPerson;
  bob: TestPerson;
  /** A connection of the owner that can ask but not decide. */
  machine: TestConnection;
  close: () => Promise<void>;
}

/** Opens a stage. Call `close` in `afterAll`: it kills the server and drops its database. */
export async function openStage(
  options: StartOptions & { fourEyes?: boolean } = {},
): Promise<Stage> {
  const server = await startServer(options);
  return setUp(server, options, async (services) => {
    await Promise.all([services.close(), ...server.replicas.map((replica) => replica.kill9())]);
    await server.stop();
  });
}

const sharedServer = share(startServer, (server) => server.exited);

/**
 * Opens a stage with an organization of its own on one server that all files of a vitest process share, one after the
 * other. Use it in files that look only at their own organization, and that leave the server, its clock and its tables
 * as they are. `close` ends the organization's subscriptions and pending deliveries. The server ends with the process.
 */
export async function shareStage(): Promise<Stage> {
  const stage = await setUp(await sharedServer(), {}, (services) => services.close());
  const { services, organization } = stage;
  const close = async () => {
    try {
      await services.sql(
        "update subscriptions set deleted_at = now() where organization_id = $1 and deleted_at is null",
        [organization.id],
      );
      await services.sql(
        `with due as (select id from deliveries where organization_id = $1 and status = 'pending' order by id for update)
         update deliveries set status = 'failed' where id in (select id from due)`,
        [organization.id],
      );
    } finally {
      await stage.close();
    }
  };
  return { ...stage, close };
}

async function setUp(
  server: TestServer,
  options: { fourEyes?: boolean },
  end: (services: TestServices) => Promise<void>,
): Promise<Stage> {
  const services = openServices(server);
  const close = () => end(services);
  try {
    const organization = await createOrganization(services, server, options);
    const [alice, bob, machine] = await Promise.all([
      organization.addPerson({ name: "Alice Approver" }),
      organization.addPerson({ name: "Bob Approver" }),
      organization.addConnection({ name: "machine" }),
    ]);
    return {
      server,
      services,
      organization,
      owner: organization.owner,
      alice,
      bob,
      machine,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
