import { joinSurfaces, type Surface } from "@sayso/catalogue";
import { renderClientOperations, renderClientTypes } from "./openapi/client-types.ts";
import { renderMakeApp } from "./make/make-app.ts";
import { renderN8nNodes } from "./n8n/n8n-node.ts";
import { renderOpenApi } from "./openapi/openapi.ts";
import { renderReference } from "./openapi/reference.ts";
import { specify } from "./specification.ts";
import { renderZapierApp } from "./zapier/zapier-app.ts";

/**
 * Renders every file that is made from the surfaces: its path in the repository and its text, neither formatted nor
 * marked as generated. It is a pure function: the same surfaces give the same texts.
 *
 * @param info.version of the product
 */
export function renderAll(
  surfaces: readonly Surface[],
  info: { version: string },
): Map<string, string> {
  const document = renderOpenApi(surfaces, info);
  const declarations = joinSurfaces(surfaces);
  return new Map([
    ["apps/server/src/surfaces/openapi.generated.json", JSON.stringify(document)],
    ...surfaces.map((surface): [string, string] => [
      `docs/reference/${surface.name}-api.md`,
      renderReference(surface),
    ]),
    ["packages/client/src/types.generated.ts", renderClientTypes(document)],
    ["packages/client/src/operations.generated.ts", renderClientOperations(document)],
    ...renderN8nNodes(specify(declarations)),
    ...renderZapierApp(declarations),
    ...renderMakeApp(declarations),
  ]);
}
