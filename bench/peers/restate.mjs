import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as restate from "@restatedev/restate-sdk";
import * as clients from "@restatedev/restate-sdk-clients";
import { callBack, serve } from "./serve.mjs";

const begun = new Map();

const approvals = restate.service({
  name: "approvals",
  handlers: {
    wait: async (context, { id, callbackUrl }) => {
      const awakeable = context.awakeable();
      begun.get(id)?.(awakeable.id);
      const decision = await awakeable.promise;
      await context.run(
        "callback",
        async () => void (await callBack(callbackUrl, { id, decision })),
      );
    },
  },
});

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const [ingress, admin, node, service] = await Promise.all([1, 2, 3, 4].map(freePort));
const folder = mkdtempSync(join(tmpdir(), "sayso-bench-restate-"));
const require = createRequire(import.meta.url);
const binary = join(
  require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/package.json`),
  "../bin/restate-server",
);
const server = spawn(binary, ["--node-name=bench"], {
  cwd: folder,
  env: {
    PATH: process.env.PATH,
    RESTATE_BASE_DIR: join(folder, "data"),
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_LOG_FILTER: "error",
    DO_NOT_TRACK: "1",
  },
  stdio: ["ignore", "inherit", "inherit"],
});
const end = () => {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
};
process.once("SIGTERM", () => process.exit());
process.once("exit", end);
// Ends this process with its parent. Otherwise it would outlive a host that was killed with its bench.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), 500).unref();

await restate.serve({ services: [approvals], port: service });
for (let isRegistered = false; !isRegistered; await sleep(20)) {
  isRegistered = await fetch(`http://127.0.0.1:${admin}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
  }).then(
    (response) => response.ok,
    () => false,
  );
}

const client = clients.connect({ url: `http://127.0.0.1:${ingress}` });
const sender = client.serviceSendClient({ name: "approvals" });

serve({
  async ask(callbackUrl) {
    const id = randomUUID();
    const handle = new Promise((resolve) => begun.set(id, resolve));
    await sender.wait({ id, callbackUrl });
    const answer = { id, handle: await handle };
    begun.delete(id);
    return answer;
  },
  decide: (handle) => client.resolveAwakeable(handle, "approve"),
});
