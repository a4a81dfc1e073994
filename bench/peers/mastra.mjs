import { Mastra } from "@mastra/core";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { PostgresStore } from "@mastra/pg";
import { z } from "zod";
import { callBack, serve } from "./serve.mjs";

const decide = createStep({
  id: "decide",
  inputSchema: z.object({ callbackUrl: z.string() }),
  resumeSchema: z.object({ decision: z.string() }),
  suspendSchema: z.object({}),
  outputSchema: z.object({ callbackUrl: z.string(), decision: z.string() }),
  execute: async ({ inputData, resumeData, suspend }) =>
    resumeData ? { ...inputData, decision: resumeData.decision } : suspend({}),
});
const tell = createStep({
  id: "tell",
  inputSchema: z.object({ callbackUrl: z.string(), decision: z.string() }),
  outputSchema: z.object({}),
  execute: async ({ inputData, runId }) => {
    await callBack(inputData.callbackUrl, { id: runId, decision: inputData.decision });
    return {};
  },
});
const wait = createWorkflow({
  id: "wait",
  inputSchema: z.object({ callbackUrl: z.string() }),
  outputSchema: z.object({}),
})
  .then(decide)
  .then(tell)
  .commit();

const storage = new PostgresStore({
  id: "bench",
  connectionString: process.env.DATABASE_URL,
  max: 20,
});
const mastra = new Mastra({ workflows: { wait }, storage, logger: false });
await storage.init();
const workflow = mastra.getWorkflow("wait");

serve({
  async ask(callbackUrl) {
    const run = await workflow.createRun();
    const { status } = await run.start({ inputData: { callbackUrl } });
    if (status !== "suspended") throw new Error(`The run is ${status}`);
    return { id: run.runId, handle: run.runId };
  },
  async decide(runId) {
    const run = await workflow.createRun({ runId });
    const { status } = await run.resume({ step: "decide", resumeData: { decision: "approve" } });
    if (status !== "success") throw new Error(`The run is ${status}`);
  },
});
