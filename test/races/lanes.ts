import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  api,
  createOrganization,
  startReceiver,
  type Api,
  type Receiver,
  type Stage,
  type TestConnection,
  type TestOrganization,
  type TestPerson,
} from "@sayso/testkit";

/** The number of rounds of each race. */
export const ROUNDS = Number(process.env.SAYSO_RACE_ROUNDS ?? 20);

/** Runs `round` this many times, some of them side by side, because neighbours are part of the race. */
export async function inRounds(
  count: number,
  round: (n: number) => Promise<void>,
  lanes = 4,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await round(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

/** An organization of its own, so that no hourly limit and no emergency stop affects another test. */
export interface Cast {
  organization: TestOrganization;
  owner: TestPerson;
  alice: TestPerson;
  bob: TestPerson;
  carol: TestPerson;
  machine: TestConnection;
  /** Asks with a callback to the receiver. @returns the id */
  ask(body?: Record<string, unknown>): Promise<string>;
}

export interface Races {
  stage: Stage;
  receiver: Receiver;
  openCast(options?: { fourEyes?: boolean }): Promise<Cast>;
  /** Returns the API of this person or connection on the n-th replica, counted round and round. */
  on(who: TestPerson | TestConnection, n: number): Api;
  /** Resolves when no callback is pending. */
  callbacksSent(): Promise<void>;
  /** Returns the number of different webhook-ids that arrived for this request. */
  webhookIds(requestId: string): number;
  close(): Promise<void>;
}

/** @param stage a server with several replicas */
export async function openRaces(stage: Stage): Promise<Races> {
  const { server, services } = stage;
  const receiver = await startReceiver();
  return {
    stage,
    receiver,
    async openCast(options) {
      const organization = await createOrganization(services, server, options);
      const [alice, bob, carol] = await Promise.all([
        organization.addPerson({ name: "Alice" }),
        organization.addPerson({ name: "Bob" }),
        organization.addPerson({ name: "Carol" }),
      ]);
      const machine = await organization.addConnection();
      const ask = async (body: Record<string, unknown> = {}) => {
        const { status, body: made } = await machine.api.create({
          callback_url: `${receiver.url}/hook`,
          ...body,
        });
        if (status !== 201)
          throw new Error(`asking was answered ${status}: ${JSON.stringify(made)}`);
        return made.id;
      };
      return { organization, owner: organization.owner, alice, bob, carol, machine, ask };
    },
    on: (who, n) =>
      api(
        must(server.replicas[n % server.replicas.length]).url,
        "token" in who ? who.token : who.key,
      ),
    async callbacksSent() {
      for (let i = 0; i < 600; i++) {
        const waiting = await services.sql(
          "select 1 from deliveries where status = 'pending' limit 1",
        );
        if (waiting.length === 0) return;
        await sleep(50);
      }
      throw new Error("callbacks still wait after 30 s");
    },
    webhookIds: (requestId) =>
      new Set(
        receiver.requests
          .filter((r) => r.json.request_id === requestId)
          .map((r) => r.headers["webhook-id"]),
      ).size,
    close: () => receiver.stop(),
  };
}

/** Returns the statuses of answers, sorted. */
export const statusesOf = (answers: readonly { status: number }[]): number[] =>
  answers.map((a) => a.status).sort((a, b) => a - b);
