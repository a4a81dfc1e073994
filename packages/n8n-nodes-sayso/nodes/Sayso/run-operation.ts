import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from "n8n-workflow";
import { callSayso } from "../shared/api.ts";
import { operationOf } from "./operation-of.ts";
import type { Operation } from "./declared.ts";
import { idempotencyKey, openRun } from "./idempotency.ts";
import { originOf } from "./origin.ts";
import { readParameters, type Values } from "./parameters.ts";

/** The largest number of items that the API gives in a page. */
const PAGE_SIZE = 100;

/**
 * Runs the chosen operation for every input item. Where the node is set to go on after errors, an item's error is its
 * result.
 */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const results: INodeExecutionData[] = [];
  const items = context.getInputData();
  for (let itemIndex = 0; itemIndex < items.length; itemIndex++) {
    try {
      for (const json of await runForItem(context, itemIndex))
        results.push({ json, pairedItem: { item: itemIndex } });
    } catch (error) {
      const { message } = error as Error;
      if (!context.continueOnFail())
        throw new NodeOperationError(context.getNode(), error as Error, { itemIndex });
      results.push({ json: { error: message }, pairedItem: { item: itemIndex } });
    }
  }
  return [results];
}

async function runForItem(context: IExecuteFunctions, itemIndex: number): Promise<IDataObject[]> {
  const resource = context.getNodeParameter("resource", itemIndex) as string;
  const verb = context.getNodeParameter("operation", itemIndex) as string;
  const operation = operationOf(`${resource}.${verb}`);
  const values = readParameters(context, operation, itemIndex);
  if (operation.path === "/api/v1/approvals" && operation.method === "POST") {
    const run = openRun(context);
    Object.assign(values, originOf(context, run), verb === "log" && { is_log: true });
    values.idempotency_key ??= idempotencyKey(context, run, itemIndex);
  }
  return send(context, operation, values, itemIndex);
}

async function send(
  context: IExecuteFunctions,
  operation: Operation,
  values: Values,
  itemIndex: number,
): Promise<IDataObject[]> {
  const { method, fields } = operation;
  const located = (location: string): IDataObject => {
    const keys = fields.filter((field) => field.location === location).map(({ key }) => key);
    return Object.fromEntries(
      Object.entries(values).filter(
        ([key]) => keys.includes(key) || (location === "body" && !isDeclared(operation, key)),
      ),
    ) as IDataObject;
  };
  const inPath = located("path");
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(inPath[name])),
  );
  const body = method === "GET" || method === "DELETE" ? undefined : located("body");
  const call = { method, path, query: located("query"), body, itemIndex };
  if (operation.answers === "one") return [(await callSayso(context, call)) as IDataObject];
  if (operation.answers === "array") return (await callSayso(context, call)) as IDataObject[];
  if (operation.answers === "all") {
    const { data } = (await callSayso(context, call)) as { data: IDataObject[] };
    return data;
  }
  return getPages(context, call, itemIndex);
}

const isDeclared = ({ fields }: Operation, key: string): boolean =>
  fields.some((field) => field.key === key);

async function getPages(
  context: IExecuteFunctions,
  call: Parameters<typeof callSayso>[1],
  itemIndex: number,
): Promise<IDataObject[]> {
  const wantsAll = context.getNodeParameter("returnAll", itemIndex, false) as boolean;
  const limit = wantsAll ? Infinity : (context.getNodeParameter("limit", itemIndex, 50) as number);
  const found: IDataObject[] = [];
  for (let page = 1; found.length < limit; page++) {
    const query = { ...call.query, page, page_size: Math.min(PAGE_SIZE, limit) };
    const answer = (await callSayso(context, { ...call, query })) as {
      data: IDataObject[];
      pagination: { total_pages: number };
    };
    found.push(...answer.data);
    if (page >= answer.pagination.total_pages) break;
  }
  return found.slice(0, wantsAll ? undefined : limit);
}
