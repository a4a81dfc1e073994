import {
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
} from "n8n-workflow";
import { callSayso, type Call } from "../shared/api.ts";
import { errorOf, readNumber, readText } from "../shared/given.ts";
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
      const failure = errorOf(error);
      if (!context.continueOnFail())
        throw new NodeOperationError(context.getNode(), failure, { itemIndex });
      results.push({ json: { error: failure.message }, pairedItem: { item: itemIndex } });
    }
  }
  return [results];
}

async function runForItem(context: IExecuteFunctions, itemIndex: number): Promise<IDataObject[]> {
  const resource = readText("Resource", context.getNodeParameter("resource", itemIndex));
  const verb = readText("Operation", context.getNodeParameter("operation", itemIndex));
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
    );
  };
  const inPath = located("path");
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(inPath[name])),
  );
  const body = method === "GET" || method === "DELETE" ? undefined : located("body");
  const call = { method, path, query: located("query"), body, itemIndex };
  if (operation.answers === "one") return [await callSayso(context, call)];
  if (operation.answers === "array") return callSayso(context, call);
  if (operation.answers === "all") return (await callSayso<Listed>(context, call)).data;
  return getPages(context, call, itemIndex);
}

const isDeclared = ({ fields }: Operation, key: string): boolean =>
  fields.some((field) => field.key === key);

interface Listed {
  data: IDataObject[];
}

interface Page extends Listed {
  pagination: { total_pages: number };
}

async function getPages(
  context: IExecuteFunctions,
  call: Call,
  itemIndex: number,
): Promise<IDataObject[]> {
  const wantsAll = context.getNodeParameter("returnAll", itemIndex, false);
  const limit = wantsAll
    ? Infinity
    : readNumber("Limit", context.getNodeParameter("limit", itemIndex, 50));
  const found: IDataObject[] = [];
  for (let page = 1; found.length < limit; page++) {
    const query = { ...call.query, page, page_size: Math.min(PAGE_SIZE, limit) };
    const answer = await callSayso<Page>(context, { ...call, query });
    found.push(...answer.data);
    if (page >= answer.pagination.total_pages) break;
  }
  return found.slice(0, wantsAll ? undefined : limit);
}
