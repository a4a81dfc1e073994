import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "@sayso/must";
import { HANG_MS, until } from "@sayso/testkit";
import { parseFlatted, type N8nHost } from "./n8n-host.ts";

/** An item as n8n passes it on. */
export interface Item {
  json: Record<string, unknown>;
  pairedItem?: unknown;
}

/** One run of a node within an execution: its items by output. */
export interface NodeRun {
  executionStatus?: string;
  error?: { message: string; description?: string | null };
  data?: { main?: (Item[] | null)[]; ai_tool?: (Item[] | null)[] };
}

export interface Execution {
  id: string;
  status: string;
  finished: boolean;
  workflowId: string;
  waitTill: string | null;
  /** The runs by the node's name. */
  runs: Record<string, NodeRun[]>;
  error?: { message: string; description?: string | null };
}

export interface WorkflowNode {
  id?: string;
  name: string;
  type: string;
  typeVersion?: number;
  parameters?: Record<string, unknown>;
  credentials?: Record<string, { id: string; name: string }>;
  [other: string]: unknown;
}

/** The nodes behind each output of a node, by its name. */
type Connections = Record<
  string,
  Record<string, ({ node: string; type: string; index: number }[] | null)[]>
>;

export interface N8n extends N8nHost {
  /** Calls the REST API as the editor does; throws for a status that isn't 2xx. */
  rest: <Of = unknown>(method: string, path: string, body?: unknown) => Promise<Of>;
  /** Returns the cookies of the signed-in owner, for a browser. */
  cookies: () => { name: string; value: string; url: string }[];
  addCredential: (
    type: string,
    data: Record<string, unknown>,
  ) => Promise<{ id: string; name: string }>;
  addWorkflow: (nodes: WorkflowNode[], wires: Wire[]) => Promise<string>;
  /** Runs the workflow by hand from the node of this name. @returns the execution's id */
  runByHand: (workflowId: string, from: string) => Promise<string>;
  activate: (workflowId: string) => Promise<void>;
  deactivate: (workflowId: string) => Promise<void>;
  execution: (id: string) => Promise<Execution>;
  /** Waits for one of these statuses. */
  executionIn: (id: string, statuses: string[], ms?: number) => Promise<Execution>;
  /** Returns the workflow's executions, newest first. */
  executionsOf: (workflowId: string) => Promise<{ id: string; status: string }[]>;
}

/**
 * A connection between nodes: `["Start", "Sayso"]`, from another output `["Sayso", 1, "Pay"]`, of another kind
 * `["Model", "ai_languageModel", "Agent"]`.
 */
export type Wire =
  [from: string, to: string] | [from: string, outputOrKind: number | string, to: string];

const OWNER = { email: "ada@example.com", password: "Seven-quiet-herons-7" };

/** Creates the owner of an n8n that has none yet, as its first user does. @returns their cookie */
export async function setUpOwner(url: string): Promise<string> {
  const response = await fetch(`${url}/rest/owner/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...OWNER, firstName: "Ada", lastName: "Okafor" }),
  });
  if (!response.ok) throw new Error(`n8n's owner could not be set up: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
}

/** Returns the actions of people in an n8n, as the owner with this cookie. */
export function openN8n(host: N8nHost, cookie: string): N8n {
  // Uses a new connection for each call, because n8n closes idle ones, and a call on a closed connection is lost.
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${host.url}/rest${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        cookie,
        "push-ref": "sayso-tests",
        connection: "close",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  // n8n answers 503 when its database has no time for the call. Nothing was done then.
  const call = async (...given: Parameters<typeof send>): Promise<Response> => {
    const deadline = performance.now() + HANG_MS;
    for (;;) {
      const response = await send(...given);
      if (response.status !== 503 || performance.now() > deadline) return response;
      await sleep(200);
    }
  };
  const rest = async <Of>(method: string, path: string, body?: unknown): Promise<Of> => {
    const response = await call(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /rest${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: Of }).data;
  };

  const execution = async (id: string): Promise<Execution> => {
    const found = await rest<Record<string, unknown> & { data: string }>(
      "GET",
      `/executions/${id}`,
    );
    const data = parseFlatted(found.data) as
      { resultData?: { runData?: Execution["runs"]; error?: Execution["error"] } } | undefined;
    return {
      ...(found as unknown as Execution),
      runs: data?.resultData?.runData ?? {},
      error: data?.resultData?.error,
    };
  };
  const setActive = async (workflowId: string, isActive: boolean) => {
    const { versionId } = await rest<{ versionId: string }>("GET", `/workflows/${workflowId}`);
    await rest("POST", `/workflows/${workflowId}/${isActive ? "activate" : "deactivate"}`, {
      versionId,
    });
  };

  return {
    ...host,
    rest,
    cookies: () =>
      cookie.split("; ").map((one) => ({
        name: one.slice(0, one.indexOf("=")),
        value: one.slice(one.indexOf("=") + 1),
        url: host.url,
      })),
    async addCredential(type, data) {
      const name = `${type} ${randomUUID().slice(0, 8)}`;
      const { id } = await rest<{ id: string }>("POST", "/credentials", { name, type, data });
      return { id, name };
    },
    async addWorkflow(nodes, wires) {
      const { id } = await rest<{ id: string }>("POST", "/workflows", {
        name: `Workflow ${randomUUID().slice(0, 8)}`,
        settings: { executionOrder: "v1", saveManualExecutions: true },
        nodes: nodes.map((node, index) => ({
          id: randomUUID(),
          typeVersion: 1,
          position: [index * 200, 0],
          parameters: {},
          ...node,
        })),
        connections: connect(wires),
      });
      return id;
    },
    async runByHand(workflowId, from) {
      const workflow = await rest<Record<string, unknown>>("GET", `/workflows/${workflowId}`);
      const { executionId } = await rest<{ executionId: string }>(
        "POST",
        `/workflows/${workflowId}/run?partialExecutionVersion=2`,
        { workflowData: workflow, triggerToStartFrom: { name: from } },
      );
      return executionId;
    },
    activate: (workflowId) => setActive(workflowId, true),
    deactivate: (workflowId) => setActive(workflowId, false),
    execution,
    async executionIn(id, statuses) {
      let last = await execution(id);
      await until(
        async () => {
          if (statuses.includes(last.status)) return true;
          // A pause between reads, because n8n has little time.
          await sleep(100);
          last = await execution(id);
          return false;
        },
        `execution ${id} is ${statuses.join(" or ")} (it is ${last.status})`,
      ).catch((cause: unknown) => {
        throw new Error(
          `Execution ${id} is ${last.status}: ${JSON.stringify(last.error ?? last.runs).slice(0, 2000)}`,
          { cause },
        );
      });
      return last;
    },
    async executionsOf(workflowId) {
      const filter = encodeURIComponent(JSON.stringify({ workflowId }));
      const { results } = await rest<{ results: { id: string; status: string }[] }>(
        "GET",
        `/executions?filter=${filter}&limit=100`,
      );
      return results;
    },
  };
}

function connect(wires: Wire[]): Connections {
  const connections: Connections = {};
  for (const wire of wires) {
    const [from, outputOrKind, to] = wire.length === 3 ? wire : [wire[0], 0, wire[1]];
    const isOutput = typeof outputOrKind === "number";
    const [output, type] = isOutput ? [outputOrKind, "main"] : [0, outputOrKind];
    const ofKind = ((connections[from] ??= {})[type] ??= []);
    while (ofKind.length <= output) ofKind.push([]);
    must(ofKind[output]).push({ node: to, type, index: 0 });
  }
  return connections;
}
