export { endWait } from "./end-wait.ts";
export { requestApproval } from "./request-approval.ts";
export { resumeApproval } from "./resume-approval.ts";
