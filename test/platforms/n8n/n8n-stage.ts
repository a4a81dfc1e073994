import { must } from "@sayso/must";
import { openStage, type Approval, type Stage, type StartOptions } from "@sayso/testkit";
import { inject } from "vitest";
import type { Execution, N8n, Wire, WorkflowNode } from "./n8n.ts";
import { joinN8n } from "./shared-n8n.ts";

/** Sayso with its people, a real n8n with the node package in it, and an API key that connects both. */
export interface N8nStage extends Stage {
  n8n: N8n;
  credential: { id: string; name: string };
  /** Adds a workflow: a manual start, these items, then these nodes in a row. */
  addFlow: (options: FlowOptions) => Promise<string>;
  /** Runs such a workflow and waits until it sleeps. @returns its requests in the order of its items */
  sleep: (workflowId: string) => Promise<{ executionId: string; requests: Approval[] }>;
  /** Returns the requests of an execution, in the order of its items. */
  requestsOf: (executionId: string) => Promise<Approval[]>;
}

export interface FlowOptions {
  /** The items; default: one item. */
  items?: Record<string, unknown>[];
  /** The Sayso node's parameters, apart from those for asking and waiting. */
  parameters?: Record<string, unknown>;
  node?: Partial<WorkflowNode>;
  /** Adds a node "Look back" behind Approved, which puts the order of the paired input item into `seen`. */
  lookBack?: boolean;
}

/** The names of the waiting node's outputs. */
export const outputs = ["No Decision", "Approved", "Rejected"] as const;

const lookingBack: WorkflowNode = {
  name: "Look back",
  type: "n8n-nodes-base.set",
  typeVersion: 3.4,
  parameters: {
    assignments: {
      assignments: [
        { id: "1", name: "seen", type: "number", value: "={{ $('Items').item.json.order }}" },
      ],
    },
    options: {},
  },
};

/** Opens a Sayso of its own. n8n is shared. */
export async function openN8nStage(options: StartOptions = {}): Promise<N8nStage> {
  const stage = await openStage(options);
  const n8n = joinN8n(inject("n8n"));
  const credential = await n8n
    .addCredential("saysoApi", { url: `${stage.server.url}/`, apiKey: stage.machine.key })
    .catch(async (error: unknown) => {
      await stage.close();
      throw error;
    });

  const requestsOf = async (executionId: string) => {
    const { body } = await stage.owner.api.list({ page_size: 100 });
    const ofExecution = body.data.filter(({ idempotency_key }) =>
      idempotency_key?.includes(`:${executionId}:`),
    );
    const itemOf = ({ idempotency_key }: Approval) =>
      Number(must(idempotency_key).split(":").at(-1));
    return ofExecution.sort((a, b) => itemOf(a) - itemOf(b));
  };
  return {
    ...stage,
    n8n,
    credential,
    requestsOf,
    addFlow: ({ items = [{ order: 1 }], parameters, node, lookBack = false }) =>
      n8n.addWorkflow(
        [
          { name: "Start", type: "n8n-nodes-base.manualTrigger" },
          {
            name: "Items",
            type: "n8n-nodes-base.code",
            typeVersion: 2,
            parameters: { jsCode: `return ${JSON.stringify(items)}.map((json) => ({ json }))` },
          },
          {
            name: "Sayso",
            type: "n8n-nodes-sayso.sayso",
            credentials: { saysoApi: credential },
            parameters: {
              resource: "approval",
              operation: "sendAndWait",
              title: "=Pay order {{ $json.order }}",
              description: "To the supplier",
              priority: "high",
              ...parameters,
            },
            ...node,
          },
          ...outputs.map((name) => ({ name, type: "n8n-nodes-base.noOp" })),
          ...(lookBack ? [lookingBack] : []),
        ],
        [
          ["Start", "Items"],
          ["Items", "Sayso"],
          ...outputs.map((name, output): Wire => ["Sayso", output, name]),
          ...(lookBack ? [["Approved", "Look back"] as Wire] : []),
        ],
      ),
    async sleep(workflowId) {
      const executionId = await n8n.runByHand(workflowId, "Start");
      await n8n.executionIn(executionId, ["waiting"]);
      return { executionId, requests: await requestsOf(executionId) };
    },
  };
}

/** Returns the items that reached a node, in all its runs. */
export const itemsAt = (execution: Execution, node: string) =>
  (execution.runs[node] ?? []).flatMap((run) => run.data?.main?.[0] ?? []);

/** Returns the number of items on each output. */
export const countByOutput = (execution: Execution) =>
  Object.fromEntries(outputs.map((name) => [name, itemsAt(execution, name).length]));
