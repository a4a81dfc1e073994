import { itemsAt, type N8nStage } from "./n8n-stage.ts";

/** A workflow that one of Sayso's triggers starts. */
export interface TriggerFlow {
  workflowId: string;
  /** Returns the events that the trigger has emitted so far, over all executions, oldest first. */
  heard: () => Promise<{ id: string; type: string; title: string | undefined }[]>;
  /** Returns the titles of the requests of these events. */
  titles: () => Promise<(string | undefined)[]>;
}

/** Adds such a workflow. It isn't active yet. */
export async function addTriggerFlow(
  { n8n, credential }: N8nStage,
  type: "saysoTrigger" | "saysoPollTrigger",
  parameters: Record<string, unknown>,
): Promise<TriggerFlow> {
  const workflowId = await n8n.addWorkflow(
    [
      {
        name: "Trigger",
        type: `n8n-nodes-sayso.${type}`,
        parameters,
        credentials: { saysoApi: credential },
      },
      { name: "Out", type: "n8n-nodes-base.noOp" },
    ],
    [["Trigger", "Out"]],
  );
  const heard = async () => {
    const executions = await n8n.executionsOf(workflowId);
    const oldestFirst = executions.sort((a, b) => Number(a.id) - Number(b.id));
    const all = await Promise.all(oldestFirst.map(({ id }) => n8n.execution(id)));
    return all
      .flatMap((execution) => itemsAt(execution, "Out"))
      .map(({ json }) => ({
        id: json.id as string,
        type: json.type as string,
        title: (json.request as { title: string } | null)?.title,
      }));
  };
  return {
    workflowId,
    heard,
    titles: async () => (await heard()).map(({ title }) => title),
  };
}

/** Creates a request and approves it as another person. */
export async function approveNew({ machine, alice }: N8nStage, title: string): Promise<void> {
  const { body } = await machine.api.create({ title });
  await alice.api.approve(body.id);
}

/** Returns all subscriptions of the connection. */
export async function subscriptionsOf({ machine }: N8nStage) {
  const { body } = await machine.api.call<{ data: { id: string; target_url: string }[] }>(
    "GET",
    "/api/v1/subscriptions",
  );
  return body.data;
}
