import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import {
  api,
  createDatabase,
  openServices,
  startReceiver,
  startServer,
  until,
  type TestServer,
} from "@sayso/testkit";
import { describe, expect, test } from "vitest";
import { expectAllSound } from "../request-history.ts";
import { expectCalledBack, expectKept, nothingYet, openCast, ROUNDS, startLoad } from "./load.ts";

/** Opens a server that the test can kill and start again on the same database, with a cast and a receiver. */
async function openScene() {
  const database = await createDatabase();
  const receiver = await startReceiver();
  let server: TestServer = await startServer({ database });
  const services = openServices(server);
  const cast = await openCast(services, server);
  return {
    receiver,
    services,
    cast,
    database,
    server: () => server,
    async restart(env?: Record<string, string>) {
      server = await startServer({ database, env });
    },
    /**
     * Starts a server that dies the nth time that it reaches this point. The callbacks of earlier rounds can bring it
     * there before it is ready. Then it starts again, and dies at a later time.
     */
    async restartToDieAt(point: string, nth: number) {
      for (let attempt = 1; ; attempt++, nth += 3) {
        try {
          server = await startServer({ database, env: { SAYSO_FAILPOINT: `${point}:${nth}` } });
          return server;
        } catch (error) {
          if (attempt === 10 || !String(error).includes("The server ended:")) throw error;
        }
      }
    },
    async close() {
      await services.close();
      await server.stop();
      await receiver.stop();
      await database.drop();
    },
  };
}

test("a server that is killed in the middle of load loses nothing that it acknowledged, and no callback", async () => {
  const scene = await openScene();
  try {
    const { services, receiver } = scene;
    let { cast } = scene;
    let votes = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // A killed server loses the calls that it had reserved from the hourly limit.
      if (round % 20 === 19) cast = await openCast(services, scene.server());
      const acknowledged = nothingYet();
      const load = startLoad(() => scene.server().url, cast, receiver, acknowledged);
      await until(() => acknowledged.votes.length >= 3, "the load is under way");
      await sleep(Math.random() * 250);
      await scene.server().kill9();
      await load.stop();
      expect(load.surprises).toEqual([]);
      await scene.restart();
      await expectKept(services, acknowledged);
      votes += acknowledged.votes.length;
    }
    expect(votes).toBeGreaterThanOrEqual(ROUNDS * 3);
    await expectCalledBack(services, receiver);
    await expectAllSound(services);
  } finally {
    await scene.close();
  }
});

test.each(["after_create", "before_commit", "after_commit", "after_claim", "before_record"])(
  "81: a server that dies at %s loses nothing that it acknowledged, and no callback",
  async (point) => {
    const scene = await openScene();
    try {
      const { services, receiver } = scene;
      await scene.server().stop();
      for (let round = 0; round < Math.ceil(ROUNDS / 2); round++) {
        const server = await scene.restartToDieAt(point, 1 + round * 3);
        const cast = await openCast(services, server);
        const acknowledged = nothingYet();
        const load = startLoad(() => server.url, cast, receiver, acknowledged);
        expect(await server.exited).toBe(null);
        await load.stop();
        expect(load.surprises).toEqual([]);
        await expectKept(services, acknowledged);
      }
      await scene.restart();
      await expectCalledBack(services, receiver);
      await expectAllSound(services);
    } finally {
      await scene.close();
    }
  },
);

test("of three servers under load one is killed and the others go on", async () => {
  const database = await createDatabase();
  const receiver = await startReceiver();
  const [victim, ...others] = (await startServer({ database, replicas: 3 })).replicas;
  const services = openServices({ databaseUrl: database.url, url: must(victim).url });
  try {
    const cast = await openCast(services, must(others[0]));
    const acknowledged = nothingYet();
    let n = 0;
    const replicas = [must(victim), ...others];
    const load = startLoad(
      () => must(replicas[n++ % replicas.length]).url,
      cast,
      receiver,
      acknowledged,
    );
    await sleep(300);
    await must(victim).kill9();
    replicas.shift();
    const before = acknowledged.votes.length;
    await until(() => acknowledged.votes.length > before + 30, "the others go on");
    await load.stop();
    expect(load.surprises).toEqual([]);
    await expectKept(services, acknowledged);
    await expectCalledBack(services, receiver);
    await expectAllSound(services);
  } finally {
    await services.close();
    await Promise.all(others.map((server) => server.stop()));
    await receiver.stop();
    await database.drop();
  }
});

/** Reports whether the connection was refused. On a slow machine the server can have ended before the call. */
const isGone = (answer: unknown): boolean =>
  (answer as { cause?: { code?: string } }).cause?.code === "ECONNREFUSED";

describe.concurrent("a callback", () => {
  const decided = async ({ cast, receiver, server }: Awaited<ReturnType<typeof openScene>>) => {
    const { id } = (
      await api(server().url, cast.machine.key).create({ callback_url: receiver.url })
    ).body;
    expect((await api(server().url, cast.deciders[0].key).approve(id)).status).toBe(200);
    return id;
  };

  test("79: of a decision whose server died before it sent anything goes out when a server is there", async () => {
    const scene = await openScene();
    try {
      await scene.server().stop();
      // A server without a worker dies after the commit and before the delivery.
      await scene.restart({ SAYSO_ROLE: "api" });
      const ids = [];
      for (let i = 0; i < 5; i++) ids.push(await decided(scene));
      await scene.server().kill9();
      expect(scene.receiver.requests).toEqual([]);
      await scene.restart();
      const received = await scene.receiver.next(5);
      expect(received.map((r) => r.json.request_id).sort()).toEqual(ids.sort());
    } finally {
      await scene.close();
    }
  });

  test("79: that was on its way when its server died goes out again when the lease is over", async () => {
    const scene = await openScene();
    try {
      scene.receiver.answerWith((_, index) => (index === 0 ? { fault: "hang" } : {}));
      const id = await decided(scene);
      const [first] = await scene.receiver.next(1);
      await scene.server().kill9();
      await scene.restart();
      const [second] = await scene.receiver.next(1);
      expect(must(second).json.request_id).toBe(id);
      expect(must(second).headers["webhook-id"]).toBe(must(first).headers["webhook-id"]);
    } finally {
      await scene.close();
    }
  });

  test("80: that was received by the time its server died comes again under the same id, or is recorded; it is never lost", async () => {
    const scene = await openScene();
    try {
      for (let round = 0; round < Math.min(ROUNDS, 20); round++) {
        const server = scene.server();
        scene.receiver.answerWith(() => {
          setTimeout(() => process.kill(server.pid, "SIGKILL"), (round * 4) % 10);
          return {};
        });
        const id = await decided(scene);
        await server.exited;
        scene.receiver.answerWith({});
        await scene.restart();
        await scene.services.sql(
          "update deliveries set next_attempt_at = now() where status = 'pending'",
        );
        await until(
          async () =>
            (
              await scene.services.sql(
                "select 1 from deliveries where request_id = $1 and status = 'delivered'",
                [id],
              )
            ).length === 1,
          "the callback is delivered",
        );
        const received = scene.receiver.requests.filter((r) => r.json.request_id === id);
        expect([1, 2]).toContain(received.length);
        expect(new Set(received.map((r) => r.headers["webhook-id"])).size).toBe(1);
      }
      await expectAllSound(scene.services);
    } finally {
      await scene.close();
    }
  });
});

describe.concurrent("82: a server that is told to stop (SIGTERM)", () => {
  test("leaves a balancer time to turn elsewhere: under load nothing fails and nothing is done unasked", async () => {
    const database = await createDatabase();
    const receiver = await startReceiver();
    const staying = await startServer({ database });
    const services = openServices(staying);
    try {
      const cast = await openCast(services, staying);
      const acknowledged = nothingYet();
      for (let round = 0; round < Math.max(2, Math.ceil(ROUNDS / 10)); round++) {
        const leaving = await startServer({ database });
        const ready = new Map([staying.url, leaving.url].map((url) => [url, true]));
        const isReady = async (url: string) =>
          (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
        const probe = setInterval(
          () => ready.forEach((_, url) => void isReady(url).then((is) => ready.set(url, is))),
          25,
        );
        let n = 0;
        const load = startLoad(
          () => {
            const urls = [...ready].filter(([, is]) => is).map(([url]) => url);
            return must(urls[n++ % urls.length]);
          },
          cast,
          receiver,
          acknowledged,
        );
        const before = acknowledged.votes.length;
        await until(() => acknowledged.votes.length > before + 20, "the load is under way");
        expect(await leaving.stop()).toBe(0);
        expect(ready.get(leaving.url)).toBe(false);
        clearInterval(probe);
        await load.stop();
        expect(load.surprises).toEqual([]);
        expect(load.unanswered).toEqual(new Map());
      }
      await expectKept(services, acknowledged);
      const made = await services.sql<{ id: string }>("select id from requests");
      expect(made.filter(({ id }) => !acknowledged.requests.has(id))).toEqual([]);
      await expectCalledBack(services, receiver);
      await expectAllSound(services);
    } finally {
      await services.close();
      await staying.stop();
      await receiver.stop();
      await database.drop();
    }
  });

  test("ends what it has begun though nobody turns elsewhere, answers whoever waits, and exits with 0", async () => {
    const scene = await openScene();
    try {
      const acknowledged = nothingYet();
      const server = scene.server();
      const load = startLoad(() => server.url, scene.cast, scene.receiver, acknowledged);
      await until(() => acknowledged.votes.length >= 10, "the load is under way");
      const asker = api(server.url, scene.cast.machine.key);
      const { id } = (await asker.create()).body;
      // One call waits before the server begins to stop; the others start after that. `wait` catches errors at once,
      // so that no rejection is unhandled before the test checks the answers.
      const wait = () => asker.get(id, { wait: 60 }).catch((error: unknown) => error);
      const first = wait();
      const late: Promise<unknown>[] = [];
      await sleep(50);
      const stopped = server.stop();
      for (let i = 0; i < 4; i++) {
        await sleep(60);
        late.push(wait());
      }
      expect(await stopped).toBe(0);
      await load.stop();
      expect(load.surprises).toEqual([]);
      const pending = { status: 200, body: { status: "pending" } };
      expect(await first).toMatchObject(pending);
      for (const answer of await Promise.all(late))
        if (!isGone(answer)) expect(answer).toMatchObject(pending);
      await scene.restart();
      await expectKept(scene.services, acknowledged);
      await expectCalledBack(scene.services, scene.receiver);
    } finally {
      await scene.close();
    }
  });

  test("waits for the callback that is under way and records it", async () => {
    const scene = await openScene();
    try {
      scene.receiver.answerWith({ delayMs: 1_500 });
      const { id } = (
        await api(scene.server().url, scene.cast.machine.key).create({
          callback_url: scene.receiver.url,
        })
      ).body;
      await api(scene.server().url, scene.cast.deciders[0].key).approve(id);
      await scene.receiver.next(1);
      expect(await scene.server().stop()).toBe(0);
      expect(await scene.services.sql("select status, attempts from deliveries")).toEqual([
        { status: "delivered", attempts: 1 },
      ]);
    } finally {
      await scene.close();
    }
  });

  test("exits though a callback hangs, which is then sent again", async () => {
    const scene = await openScene();
    try {
      scene.receiver.answerWith({ fault: "hang" });
      const { id } = (
        await api(scene.server().url, scene.cast.machine.key).create({
          callback_url: scene.receiver.url,
        })
      ).body;
      await api(scene.server().url, scene.cast.deciders[0].key).approve(id);
      await scene.receiver.next(1);
      expect(await scene.server().stop()).toBe(0);
      scene.receiver.answerWith({});
      await scene.restart();
      await expectCalledBack(scene.services, scene.receiver);
    } finally {
      await scene.close();
    }
  });
});
