import { setTimeout as sleep } from "node:timers/promises";
import {
  api,
  createOrganization,
  type Receiver,
  type TestConnection,
  type TestServices,
  until,
} from "@sayso/testkit";
import { expect } from "vitest";
import { findViolations } from "../request-history.ts";

/** The number of times that a server is killed; PostgreSQL is killed a fifth as often. The acceptance run uses 100. */
export const ROUNDS = Number(process.env.SAYSO_CRASH_ROUNDS ?? 2);
export const DATABASE_ROUNDS = Math.max(2, Math.ceil(ROUNDS / 5));

/** The connections that ask and decide under load. Connections, because they may make 10,000 calls an hour. */
export interface Cast {
  machine: TestConnection;
  /** Two connections that decide in the names of two people. */
  deciders: [TestConnection, TestConnection];
}

export async function openCast(services: TestServices, at: { url: string }): Promise<Cast> {
  const organization = await createOrganization(services, at);
  const other = await organization.addPerson({ role: "admin" });
  return {
    machine: await organization.addConnection(),
    deciders: [
      await organization.addConnection({ canDecide: true, canDecideOwn: true }),
      await organization.addConnection({ canDecide: true, canDecideOwn: true, by: other }),
    ],
  };
}

/** Everything that the server has acknowledged, and so must never lose. */
export interface Acknowledged {
  requests: Set<string>;
  votes: { requestId: string; personId: string }[];
  comments: string[];
  /** The final statuses that the server answered. */
  decided: Map<string, string>;
}

export const nothingYet = (): Acknowledged => ({
  requests: new Set(),
  votes: [],
  comments: [],
  decided: new Map(),
});

export interface Load {
  /** Answers that no crash explains. */
  readonly surprises: string[];
  /** Calls that got no answer, by the kind of error. */
  readonly unanswered: Map<string, number>;
  /** Calls that were answered 503, which a caller may repeat. */
  readonly refused: number;
  /** Starts no more calls, and resolves when all calls have ended. */
  stop(): Promise<void>;
}

const LANES = 12;

/**
 * Asks, comments, votes and cancels without a pause, and records everything that the server acknowledges.
 *
 * @param url returns the current URL of the server
 */
export function startLoad(
  url: () => string,
  { machine, deciders }: Cast,
  receiver: Pick<Receiver, "url">,
  acknowledged: Acknowledged,
): Load {
  const surprises: string[] = [];
  const unanswered = new Map<string, number>();
  let isOver = false;
  let count = 0;
  let refused = 0;

  const call = async <Of>(
    by: TestConnection,
    what: (as: ReturnType<typeof api>) => Promise<{ status: number; body: Of }>,
  ): Promise<Of | null> => {
    try {
      const { status, body } = await what(api(url(), by.key));
      if (status === 200 || status === 201) return body;
      if (status === 503) refused += 1;
      else surprises.push(`${status} ${JSON.stringify(body)}`);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      const kind = cause?.code ?? message;
      unanswered.set(kind, (unanswered.get(kind) ?? 0) + 1);
    }
    await sleep(5);
    return null;
  };
  const vote = async (by: TestConnection, id: string) => {
    const decided = await call(by, (as) => as.approve(id));
    if (decided === null) return;
    acknowledged.votes.push({ requestId: id, personId: by.ownerId });
    if (decided.status !== "pending") acknowledged.decided.set(id, decided.status);
  };
  const lane = async () => {
    while (!isOver) {
      const n = count++;
      const quorum = 1 + (n % 2);
      const made = await call(machine, (as) =>
        as.create({
          title: `request ${n}`,
          required_approvals: quorum,
          callback_url: `${receiver.url}/hook`,
        }),
      );
      if (made === null) continue;
      acknowledged.requests.add(made.id);
      if (n % 3 === 0) {
        const comment = await call(machine, (as) => as.comment(made.id, `comment ${n}`));
        if (comment) acknowledged.comments.push(comment.id);
      }
      if (n % 7 === 6) {
        const cancelled = await call(machine, (as) => as.cancel(made.id));
        if (cancelled) acknowledged.decided.set(made.id, cancelled.status);
        continue;
      }
      await Promise.all(deciders.slice(0, quorum).map((by) => vote(by, made.id)));
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  return {
    surprises,
    unanswered,
    get refused() {
      return refused;
    },
    async stop() {
      isOver = true;
      await Promise.all(lanes);
    },
  };
}

/** Fails unless every acknowledged request, vote, comment and status is stored and the stored history is sound. */
export async function expectKept(
  services: TestServices,
  acknowledged: Acknowledged,
): Promise<void> {
  const { requests, votes, comments, decided } = acknowledged;
  expect(await findViolations(services, [...requests])).toEqual([]);
  const keptVotes = await services.sql<{ key: string }>(
    "select request_id || ' ' || person_id as key from votes where request_id = any ($1)",
    [votes.map((v) => v.requestId)],
  );
  const votesThere = new Set(keptVotes.map((row) => row.key));
  expect(votes.filter((v) => !votesThere.has(`${v.requestId} ${v.personId}`))).toEqual([]);
  const keptComments = await services.sql<{ id: string }>(
    "select id from comments where id = any ($1)",
    [comments],
  );
  expect(keptComments).toHaveLength(comments.length);
  const statuses = await services.sql<{ id: string; status: string }>(
    "select id, status from requests where id = any ($1)",
    [[...decided.keys()]],
  );
  expect(statuses.filter((row) => decided.get(row.id) !== row.status)).toEqual([]);
}

/** Waits until no callback is pending, then fails unless each arrived at least once, under one webhook-id. */
export async function expectCalledBack(services: TestServices, receiver: Receiver): Promise<void> {
  // A delivery that a killed server had claimed is due when its lease ends. Another test covers that wait.
  await services.sql("update deliveries set next_attempt_at = now() where status = 'pending'");
  const owed = () => services.sql("select id from deliveries where status <> 'delivered' limit 1");
  await until(async () => (await owed()).length === 0, "no callback is pending");

  const ended = await services.sql<{ id: string; status: string; delivery: string }>(
    `select r.id, r.status, d.id as delivery from requests r left join deliveries d on d.request_id = r.id
     where r.status <> 'pending' and r.callback_url is not null`,
  );
  const came = Map.groupBy(receiver.requests, (r) => String(r.json.request_id));
  for (const { id, status, delivery } of ended) {
    const received = came.get(id) ?? [];
    expect(new Set(received.map((r) => r.headers["webhook-id"]))).toEqual(new Set([delivery]));
    expect(new Set(received.map((r) => r.json.status))).toEqual(new Set([status]));
  }
}
