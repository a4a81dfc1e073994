import type {
  IDataObject,
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodePropertyOptions,
} from "n8n-workflow";
import { callSayso } from "./api.ts";
import { choices } from "./choices.generated.ts";
import type { Choices } from "./declared-choices.ts";

type LoadOptions = (this: ILoadOptionsFunctions) => Promise<INodePropertyOptions[]>;
type ListSearch = (this: ILoadOptionsFunctions, filter?: string) => Promise<INodeListSearchResult>;

/** Fill the dropdowns whose choices come from the server, by the operation that lists them. */
export const loadOptions: Record<string, LoadOptions> = Object.fromEntries(
  Object.entries(choices).map(([operation, declared]) => [
    operation,
    function (this: ILoadOptionsFunctions) {
      return list(this, declared);
    },
  ]),
);

/** Fill the dropdowns that people search by typing, in the same way. */
export const listSearch: Record<string, ListSearch> = Object.fromEntries(
  Object.entries(choices).map(([operation, declared]) => [
    operation,
    async function (this: ILoadOptionsFunctions, filter?: string) {
      return { results: await list(this, declared, filter) };
    },
  ]),
);

async function list(
  caller: ILoadOptionsFunctions,
  { path, value, label, query, search }: Choices,
  filter?: string,
): Promise<INodePropertyOptions[]> {
  const narrowed = search !== undefined && filter ? { [search]: filter } : {};
  type Items = (string | IDataObject)[];
  const answer = await callSayso<Items | { data: Items }>(caller, {
    method: "GET",
    path: path ?? "",
    query: { ...query, ...narrowed },
  });
  return (Array.isArray(answer) ? answer : answer.data).map((item) =>
    typeof item === "string"
      ? { name: item, value: item }
      : { name: String(item[label ?? value ?? "id"]), value: String(item[value ?? "id"]) },
  );
}
