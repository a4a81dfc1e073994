import {
  approvalsSurface,
  defineOperation,
  defineTrigger,
  type Declarations,
} from "@sayso/catalogue";
import { must } from "@sayso/must";
import { expect, test } from "vitest";
import * as z from "zod";
import { renderMakeApp } from "./make-app.ts";

const Kettle = z.object({ id: z.uuid(), boiled_at: z.iso.datetime() }).meta({
  id: "Kettle",
  examples: [{ id: crypto.randomUUID(), boiled_at: "2026-03-25T10:00:00Z" }],
});

const declarations: Declarations = {
  ...approvalsSurface,
  resources: { ...approvalsSurface.resources, kettle: { label: "Kettle", description: "Boils" } },
  operations: {
    ...approvalsSurface.operations,
    boilKettle: defineOperation({
      key: "kettle.boil",
      http: { method: "POST", path: "/api/v1/kettles/{id}/boil" },
      scope: "kpis:write",
      label: "Boil Kettle",
      description: "Bring water to the boil",
      input: {
        params: z.object({ id: z.uuid() }),
        query: z.object({ since: z.iso.datetime().optional() }),
        body: z.object({ team_id: z.uuid(), extras: z.record(z.string(), z.string()).optional() }),
      },
      responses: { 200: Kettle },
      errors: [],
      fields: { team_id: { choices: { operation: "listTeams", value: "id", label: "name" } } },
      platforms: ["make"],
    }),
  },
  events: { ...approvalsSurface.events, "kettle.boiled": "Kettle Boiled" },
  triggers: {
    ...approvalsSurface.triggers,
    kettleBoiled: defineTrigger({
      key: "kettle.boiled",
      events: ["kettle.boiled"],
      scope: "kpis:read",
      label: "Kettle Boiled",
      description: "Triggers when a kettle has boiled.",
      item: Kettle,
      platforms: ["make"],
      example: { id: crypto.randomUUID(), boiled_at: "2026-03-25T10:00:00Z" },
    }),
  },
};
const files = new Map(renderMakeApp(declarations));
const file = (name: string) =>
  JSON.parse(must(files.get(`packages/make-sayso/app/${name}`))) as unknown;
const manifest = file("makecomapp.json") as {
  components: Record<string, Record<string, { codeFiles: Record<string, string> }>>;
};
const codeOf = (kind: string, id: string, code: string) =>
  file(must(must(must(manifest.components[kind])[id]).codeFiles[code]));

test("an operation that is declared for Make is a module, with its call, fields and scope", () => {
  expect(must(manifest.components.module).boilKettle).toMatchObject({
    label: "Boil Kettle",
    moduleType: "action",
    actionCrud: "create",
    connection: "oauth",
    altConnection: "apiKey",
  });
  expect(codeOf("module", "boilKettle", "communication")).toMatchObject({
    url: "/api/v1/kettles/{{encodeURL(parameters.id)}}/boil",
    method: "POST",
    qs: { since: "{{parameters.since}}" },
    body: {
      team_id: "{{parameters.team_id}}",
      extras:
        "{{if(parameters.extras, toCollection(parameters.extras, 'key', 'value'), parameters.extras)}}",
    },
  });
  expect(codeOf("module", "boilKettle", "mappableParams")).toContainEqual(
    expect.objectContaining({ name: "team_id", type: "select", options: "rpc://listTeams" }),
  );
  expect(codeOf("module", "boilKettle", "interface")).toContainEqual(
    expect.objectContaining({ name: "boiled_at", type: "date" }),
  );
  expect(codeOf("module", "boilKettle", "scope")).toEqual(["kpis:write"]);
  expect(codeOf("connection", "oauth", "defaultScope")).toContain("kpis:write");
  expect(file("general/groups.json")).toContainEqual({
    label: "Kettles",
    modules: ["watchKettleBoiled", "watchKettleBoiledPolling", "boilKettle"],
  });
});

test("a trigger that is declared for Make is a webhook, an instant module and one that polls", () => {
  expect(must(manifest.components.module).watchKettleBoiled).toMatchObject({
    moduleType: "instant_trigger",
    webhook: "watchKettleBoiled",
  });
  expect(codeOf("webhook", "watchKettleBoiled", "attach")).toMatchObject({
    body: { target_url: "{{webhook.url}}", event_types: ["kettle.boiled"] },
  });
  expect(codeOf("module", "watchKettleBoiledPolling", "communication")).toMatchObject({
    qs: { types: "kettle.boiled" },
    response: { trigger: { type: "date", order: "asc" } },
  });
});

test("the same declarations give the same bytes", () => {
  expect(renderMakeApp(declarations)).toEqual([...files]);
});
