import {
  createOrganization,
  type TestConnection,
  type TestOrganization,
  type TestPerson,
} from "./organization.ts";
import { startServer, type StartOptions, type TestServer } from "./server.ts";
import { openServices, type TestServices } from "./services.ts";

/** A server with the cast that most tests need. */
export interface Stage {
  server: TestServer;
  services: TestServices;
  organization: TestOrganization;
  owner: TestPerson;
  /** Two members who may approve. */
  alice: TestPerson;
  bob: TestPerson;
  /** A connection of the owner that may ask, not decide. */
  machine: TestConnection;
  close: () => Promise<void>;
}

/** Call `close` in `afterAll`: it ends the server, without a last word, and drops its database. */
export async function openStage(
  options: StartOptions & { fourEyes?: boolean } = {},
): Promise<Stage> {
  const server = await startServer(options);
  const services = openServices(server);
  const close = async () => {
    await Promise.all([services.close(), ...server.replicas.map((replica) => replica.kill9())]);
    await server.stop();
  };
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
