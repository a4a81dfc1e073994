import { randomUUID } from "node:crypto";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { callBack, serve } from "./serve.mjs";

const TOPIC = "decision";
const PATIENCE_SECONDS = 86_400;

const wait = DBOS.registerWorkflow(
  async (callbackUrl) => {
    const decision = await DBOS.recv(TOPIC, PATIENCE_SECONDS);
    const id = DBOS.workflowID;
    await DBOS.runStep(() => callBack(callbackUrl, { id, decision }), { name: "callback" });
  },
  { name: "wait" },
);

DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: 20,
  logLevel: "error",
  runAdminServer: false,
});
await DBOS.launch();

serve({
  async ask(callbackUrl) {
    const id = randomUUID();
    await DBOS.startWorkflow(wait, { workflowID: id })(callbackUrl);
    return { id, handle: id };
  },
  decide: (id) => DBOS.send(id, "approve", TOPIC),
});
