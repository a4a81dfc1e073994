export { renderClientOperations, renderClientTypes } from "./openapi/client-types.ts";
export { renderMakeParameters, type MakeModule, type MakeParameter } from "./make/make.ts";
export type { N8nProperty } from "./n8n/n8n-field.ts";
export { renderN8nProperties } from "./n8n/n8n.ts";
export { renderOpenApi, type OpenApiDocument } from "./openapi/openapi.ts";
export { renderAll } from "./render-all.ts";
export {
  specify,
  type OperationSpecification,
  type Specification,
  type TriggerSpecification,
} from "./specification.ts";
export { renderZapierFields, type ZapierField, type ZapierOperation } from "./zapier/zapier.ts";
