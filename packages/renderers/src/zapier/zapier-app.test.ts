import { allSurfaces, joinSurfaces } from "@sayso/catalogue";
import { must } from "@sayso/must";
import { expect, test } from "vitest";
import { renderZapierApp } from "./zapier-app.ts";

interface Field {
  key: string;
  name?: string;
  helpText?: string;
  dynamic?: string;
  search?: string;
  children?: Field[];
  fields?: Field[];
  path?: string[];
}

interface Declared {
  operation?: string;
  inputFields: Field[];
  outputFields: Field[];
  outputs: Field[];
  fields: Field[];
  sample: Record<string, unknown>;
  isOfRequests?: boolean;
}

type Parts = Record<"creates" | "searches" | "triggers", Record<string, Declared>> & {
  choices: Record<string, { operation: string; isPaged: boolean; query?: object }>;
  scopes: string[];
};

const [[path, text] = ["", ""]] = renderZapierApp(joinSurfaces(allSurfaces));
const parts = Object.fromEntries(
  [...text.matchAll(/^export const (\w+): [^=]+ = (.*);$/gm)].map(([, name, json]) => [
    name,
    JSON.parse(json ?? "") as unknown,
  ]),
) as Parts;
const all = [parts.creates, parts.searches, parts.triggers].flatMap((part) => Object.values(part));

test("is one file of the app", () => {
  expect(path).toBe("packages/zapier-sayso/src/declared.generated.ts");
});

test("one operation is several actions, each with the fields that it needs", () => {
  const { requestApproval, createRequest, logActivity } = parts.creates;
  const keys = ({ inputFields }: Declared) => inputFields.map(({ key }) => key);
  for (const action of [must(requestApproval), must(createRequest), must(logActivity)]) {
    expect(action.operation).toBe("createApproval");
    expect(keys(action).slice(0, 3)).toEqual(["title", "description", "priority"]);
    expect(keys(action)).not.toContain("is_log");
  }
  expect(keys(must(requestApproval))).not.toContain("callback_url");
  expect(keys(must(createRequest))).toContain("callback_url");
  expect(keys(must(logActivity))).not.toContain("assigned_approvers");
});

test("what is sent is what is shown, field by field", () => {
  for (const { inputFields, fields } of all)
    expect(fields.map(({ key }) => key)).toEqual(inputFields.map(({ key }) => key));
});

test("no key stands twice in a form, and line items have no help beside them", () => {
  for (const { inputFields, fields } of all) {
    const keys = inputFields.flatMap(({ key, children = [] }) => [
      key,
      ...children.map((child) => child.key),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    inputFields.forEach(({ children, helpText }, index) => {
      if (!children) return;
      expect(helpText).toBeUndefined();
      expect(fields[index]?.fields?.map(({ name }) => name)).toEqual(
        children.map(({ key }) => key),
      );
    });
  }
});

test("every dropdown has the list that fills it, one for each way to narrow it", () => {
  const dynamic = all.flatMap(({ inputFields }) => inputFields.flatMap((one) => one.dynamic ?? []));
  for (const one of dynamic) expect(Object.keys(parts.choices)).toContain(one.split(".")[0]);
  expect(parts.choices.listMembersCanApprove).toMatchObject({ query: { can_approve: "true" } });
  expect(parts.choices.listMembers).not.toHaveProperty("query");
  expect(parts.choices.listApprovals).toMatchObject({ isPaged: true });
});

test("samples and output fields of actions have the same keys, each found in the answer", () => {
  for (const { outputFields, outputs, sample } of Object.values(parts.creates)) {
    const keys = outputFields.map(({ key }) => key);
    expect(outputs.map(({ key }) => key)).toEqual(keys);
    expect(Object.keys(sample)).toEqual(keys);
  }
});

test("an event without a request tells what it carries instead", () => {
  const { kpiUpdated, requestDecided } = parts.triggers;
  expect(requestDecided?.isOfRequests).toBe(true);
  expect(kpiUpdated?.isOfRequests).toBe(false);
  const keys = must(kpiUpdated).outputs.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(["data_new_value", "data_previous_value"]));
  expect(keys).not.toContain("request_title");
  expect(must(kpiUpdated).outputFields.map(({ key }) => key)).toEqual(keys);
});

test("the app asks to be allowed what it shows, and no more", () => {
  expect(parts.scopes).toEqual(
    expect.arrayContaining(["approvals:read", "approvals:write", "comments:write", "kpis:write"]),
  );
  expect(parts.scopes).not.toContain("reviews:read");
});
