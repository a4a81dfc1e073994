import type { Surface } from "@sayso/catalogue";
import { renderClientOperations, renderClientTypes } from "./client-types.ts";
import { renderN8nNodes } from "./n8n-node.ts";
import { renderOpenApi } from "./openapi.ts";
import { renderReference } from "./reference.ts";
import { specify } from "./specification.ts";

/**
 * Every file that is made of a surface: its path in the repository and its text, neither formatted nor marked as
 * generated. Pure: the same surface gives the same texts.
 *
 * @param info.version of the product
 */
export function renderAll(surface: Surface, info: { version: string }): Map<string, string> {
  const document = renderOpenApi(surface, info);
  return new Map([
    [`apps/server/src/surfaces/${surface.name}/openapi.generated.json`, JSON.stringify(document)],
    [`docs/reference/${surface.name}-api.md`, renderReference(surface)],
    ["packages/client/src/types.generated.ts", renderClientTypes(document)],
    ["packages/client/src/operations.generated.ts", renderClientOperations(document)],
    ...renderN8nNodes(specify(surface)),
  ]);
}
