import { randomUUID } from "node:crypto";
import { Annotation, Command, END, START, StateGraph, interrupt } from "@langchain/langgraph";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import pg from "pg";
import { callBack, serve } from "./serve.mjs";

const State = Annotation.Root({
  id: Annotation(),
  callbackUrl: Annotation(),
  decision: Annotation(),
});

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const checkpointer = new PostgresSaver(pool);
await checkpointer.setup();

const graph = new StateGraph(State)
  .addNode("decide", () => ({ decision: interrupt("Deploy?") }))
  .addNode("tell", async ({ id, callbackUrl, decision }) => {
    await callBack(callbackUrl, { id, decision });
    return {};
  })
  .addEdge(START, "decide")
  .addEdge("decide", "tell")
  .addEdge("tell", END)
  .compile({ checkpointer });

const of = (id) => ({ configurable: { thread_id: id } });

serve({
  async ask(callbackUrl) {
    const id = randomUUID();
    await graph.invoke({ id, callbackUrl }, of(id));
    return { id, handle: id };
  },
  async decide(id) {
    await graph.invoke(new Command({ resume: "approve" }), of(id));
  },
});
