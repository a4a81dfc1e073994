import { itemsAt, type N8nStage } from "./n8n-stage.ts";

/** A workflow that one of Sayso's triggers starts. */
export interface TriggerFlow {
  workflowId: string;
  /** What has come out of the trigger so far, over all executions, oldest first. */
  heard: () => Promise<{ id: string; type: string; title: string | undefined }[]>;
  /** Of the requests that it was about. */
  titles: () => Promise<(string | undefined)[]>;
}

/** Adds such a workflow; it isn't active yet. */
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

/** Somebody asks, and somebody says yes. */
export async function approveNew({ machine, alice }: N8nStage, title: string): Promise<void> {
  const { body } = await machine.api.create({ title });
  await alice.api.approve(body.id);
}

/** The subscriptions that there are. */
export async function subscriptionsOf({ machine }: N8nStage) {
  const { body } = await machine.api.call<{ data: { id: string; target_url: string }[] }>(
    "GET",
    "/api/v1/subscriptions",
  );
  return body.data;
}
