export * from "./error-codes.ts";
export * from "./operation.ts";
export * from "./scopes.ts";
export * from "./surface.ts";
export * from "./trigger.ts";
export * as approvals from "./surfaces/approvals/answers.ts";
export { approvalsOperations, approvalsSurface } from "./surfaces/approvals/index.ts";
