import { createConfig, lintFromString } from "@redocly/openapi-core";
import { allSurfaces } from "@sayso/catalogue";
import { must } from "@sayso/must";
import spectralCore from "@stoplight/spectral-core";
import spectralRulesets from "@stoplight/spectral-rulesets";
import { describe, expect, test } from "vitest";
import { renderAll, renderOpenApi } from "../index.ts";

const document = renderOpenApi(allSurfaces, { version: "1.2.3" });

async function lintWithSpectral(text: string): Promise<string[]> {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({ extends: [spectralRulesets.oas] } as never);
  const found = await spectral.run(text);
  return found.map(({ code, path, message }) => `${code} at ${path.join(".")}: ${message}`);
}

async function lintWithRedocly(text: string): Promise<string[]> {
  const config = await createConfig({ extends: ["recommended-strict"] });
  const found = await lintFromString({ source: text, config });
  return found.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe.each([
  ["Spectral", lintWithSpectral],
  ["Redocly", lintWithRedocly],
])("%s", (_, lint) => {
  test("finds nothing to say about the OpenAPI document", async () => {
    expect(await lint(JSON.stringify(document))).toEqual([]);
  });

  test("would say so if there were something", async () => {
    const broken = structuredClone(document);
    const operation = broken.paths["/api/v1/approvals"]?.post;
    Object.assign(must(operation), { operationId: "listApprovals" });
    expect((await lint(JSON.stringify(broken))).join("\n")).toMatch(
      /operation-?operationId-unique/i,
    );
  });
});

test("the same surfaces give the same bytes", () => {
  const [once, twice] = [1, 2].map(() => [...renderAll(allSurfaces, { version: "1.2.3" })]);
  expect(JSON.stringify(twice)).toBe(JSON.stringify(once));
});

test("the document says its version, and leaves its address to the server", () => {
  expect(document.info.version).toBe("1.2.3");
  expect(document.servers).toEqual([{ url: "/" }]);
});

test("a list in the query is one text with commas", () => {
  const status = document.paths["/api/v1/approvals"]?.get?.parameters.find(
    ({ name }) => name === "status",
  );
  expect(status).toMatchObject({
    explode: false,
    schema: {
      type: "array",
      items: { enum: ["pending", "approved", "rejected", "cancelled", "expired"] },
    },
  });
});

test("no reference leads nowhere, and no pattern repeats what a format says", () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(names.length).toBeGreaterThan(50);
  for (const name of new Set(names)) {
    expect(name).toMatch(/^#\/components\/schemas\//);
    expect(Object.keys(document.components.schemas)).toContain(name.split("/").at(-1));
  }
  expect(text.match(/"format":"(uuid|date-time)","pattern"/g)).toBeNull();
  expect(text.match(/9007199254740991/g)).toBeNull();
});
