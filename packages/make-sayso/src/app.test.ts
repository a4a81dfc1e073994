import path from "node:path";
import { must } from "@sayso/must";
import { describe, expect, test } from "vitest";
import { readApp, type ComponentKind } from "./app-files.ts";

// Finds faults that Make would refuse on import or show people wrongly, without Make's own schemas.

interface Parameter {
  name?: string;
  label?: string;
  type: string;
  help?: string;
  required?: boolean;
  options?: unknown;
  spec?: Parameter[] | Parameter;
}

const app = await readApp();
const { components, generalCodeFiles } = app.manifest;
const json = (file: string | undefined) =>
  JSON.parse(app.files.get(file ?? "") ?? "null") as unknown;
const all = Object.entries(components).flatMap(([kind, ofKind]) =>
  Object.entries(ofKind).map(([id, manifest]) => ({ kind: kind as ComponentKind, id, manifest })),
);
const modules = Object.entries(components.module);

/** Returns each parameter and the parameters inside it. */
const flat = (parameters: readonly Parameter[]): Parameter[] =>
  parameters.flatMap((one) => [
    one,
    ...(one.spec === undefined ? [] : flat(Array.isArray(one.spec) ? one.spec : [one.spec])),
  ]);
const parametersOf = (files: Record<string, string>, ...codes: string[]): Parameter[] =>
  flat(codes.flatMap((code) => (json(files[code]) ?? []) as Parameter[]));
const shown = ["params", "staticParams", "mappableParams"];

describe("the manifest", () => {
  test.each(all)("of the $kind $id refers only to what is there", ({ manifest }) => {
    const { connection, altConnection, webhook, codeFiles } = manifest;
    for (const name of [connection, altConnection])
      if (name != null) expect(components.connection).toHaveProperty(name);
    if (webhook != null) expect(components.webhook).toHaveProperty(webhook);
    for (const file of Object.values(codeFiles)) expect(json(file)).not.toBeNull();
  });

  test("names each file once", () => {
    const files = all.flatMap(({ manifest }) => Object.values(manifest.codeFiles));
    expect(new Set(files).size).toBe(files.length);
  });

  test.each(modules)("gives the module %s all that its type needs", (_, manifest) => {
    const { moduleType = "", codeFiles, webhook } = manifest;
    const common = ["communication", "interface", "samples", "scope", "staticParams"];
    const more: Record<string, string[]> = {
      action: ["mappableParams"],
      search: ["mappableParams"],
      universal: ["mappableParams"],
      trigger: ["mappableParams", "epoch"],
      instant_trigger: [],
    };
    expect(Object.keys(codeFiles).sort()).toEqual([...common, ...(more[moduleType] ?? [])].sort());
    expect(webhook !== undefined).toBe(moduleType === "instant_trigger");
    expect("actionCrud" in manifest).toBe(moduleType === "action");
  });

  test("has module ids that Make accepts", () => {
    for (const [id] of modules) expect(id).toMatch(/^[a-zA-Z][0-9a-zA-Z]{2,47}$/);
  });
});

test("every module is in one group, every group's modules are there", () => {
  const groups = json(generalCodeFiles.groups) as { label: string; modules: string[] }[];
  const grouped = groups.flatMap((group) => group.modules);
  expect([...grouped].sort()).toEqual(modules.map(([id]) => id).sort());
});

describe("what people read", () => {
  test.each(modules)(
    "of %s: a label in title case and a sentence",
    (_, { label, description = "" }) => {
      const small = /^(a|an|the|of|in|by|to|and|with)$/;
      for (const word of label.split(" ")) if (!small.test(word)) expect(word).toMatch(/^[("A-Z]/);
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(description.split(" ")[0]).toMatch(/s$/);
    },
  );

  test.each(modules.filter(([, { moduleType }]) => /trigger/.test(moduleType ?? "")))(
    "of the trigger %s says when",
    (_, { label, description }) => {
      expect(label).toMatch(/^Watch /);
      expect(description).toMatch(/^Triggers when /);
    },
  );

  test.each(all)(
    "of the $kind $id's fields: labels, and help where it isn't plain",
    ({ manifest }) => {
      for (const one of parametersOf(manifest.codeFiles, ...shown, "interface")) {
        if (one.name === undefined) continue;
        expect(one.label).toMatch(/^[A-Z]/);
        expect(one.help ?? "").not.toMatch(/\.$/);
      }
    },
  );
});

test.each(all)("dropdowns of the $kind $id are filled by RPCs that are there", ({ manifest }) => {
  for (const { options } of parametersOf(manifest.codeFiles, ...shown))
    if (typeof options === "string")
      expect(components.rpc).toHaveProperty(options.replace("rpc://", ""));
});

test.each(modules)("the samples of %s are what its interface describes", (_, { codeFiles }) => {
  const described = (json(codeFiles.interface) as Parameter[]).map(({ name }) => name);
  expect(described).toEqual(expect.arrayContaining(Object.keys(json(codeFiles.samples) as object)));
});

test("dates are dates in every interface", () => {
  for (const [, { codeFiles }] of modules)
    for (const { name, type } of parametersOf(codeFiles, "interface"))
      if (name?.endsWith("_at")) expect(type).toBe("date");
});

describe("secrets", () => {
  test("are password fields", () => {
    for (const { manifest } of all)
      for (const { name, type } of parametersOf(manifest.codeFiles, ...shown))
        if (/secret$|apiKey/i.test(name ?? "")) expect(type).toBe("password");
  });

  test("are taken out of the log in the base and in each request of a connection", () => {
    const base = json(generalCodeFiles.base) as { log: { sanitize: string[] } };
    expect(base.log.sanitize).toContain("request.headers.authorization");
    const requests = [
      json(must(components.connection.apiKey).codeFiles.communication),
      ...Object.values(
        json(must(components.connection.oauth).codeFiles.communication) as Record<string, unknown>,
      ),
    ] as { headers?: object; body?: object; log?: { sanitize: string[] } }[];
    for (const { headers = {}, body = {}, log } of requests) {
      const secret = [
        ...("authorization" in headers ? ["request.headers.authorization"] : []),
        ...Object.keys(body)
          .filter((name) => /secret|code|token$/.test(name))
          .map((name) => `request.body.${name}`),
      ];
      expect(log?.sanitize ?? []).toEqual(expect.arrayContaining(secret));
    }
  });
});

test("no code needs functions of our own, which Make switches on only by hand", () => {
  expect(components).toMatchObject({ function: {} });
});

test("all files lie in the app's folder, but for the readme", () => {
  for (const file of app.files.keys())
    expect(path.normalize(file).startsWith("..")).toBe(file === generalCodeFiles.readme);
});
