import { poll, sampleItem, settle, type EventItem } from "@sayso/triggers";
import type { INodeExecutionData, IPollFunctions } from "n8n-workflow";
import { portOf } from "../shared/port.ts";
import { readWanted } from "../shared/wanted.ts";

/**
 * Returns every event since the last poll, each once, oldest first. The first poll returns no history. In the editor,
 * where people only want to see an item's form, it returns an example.
 */
export async function pollEvents(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
  const wanted = readWanted(context);
  if (context.getMode() === "manual")
    return [toItems([sampleItem(wanted.types[0] ?? "approval.approved")])];
  const data = context.getWorkflowStaticData("node");
  const port = portOf(context);
  const items: EventItem[] = [];
  for (let hasMore = true; hasMore;) {
    const polled = await poll({ ...wanted, port, state: data.state });
    const settled = settle(data.state, polled);
    data.state = settled.state;
    items.push(...settled.items);
    for (const { message } of polled.warnings) context.logger.warn(message);
    const isInterrupted = polled.warnings.some(({ code }) => code === "interrupted");
    hasMore = polled.move.hasMore && !isInterrupted;
  }
  return items.length > 0 ? [toItems(items)] : null;
}

const toItems = (items: EventItem[]): INodeExecutionData[] =>
  items.map((item) => ({ json: { ...item } }));
