import type { Surface } from "../../surface.ts";
import { runsErrorBody } from "./errors.ts";
import * as flows from "./flows.ts";
import * as runs from "./runs.ts";

/** All operations of the runs surface. */
export const runsOperations = {
  listFlows: flows.listFlows,
  createFlow: flows.createFlow,
  getFlow: flows.getFlow,
  updateFlow: flows.updateFlow,
  deleteFlow: flows.deleteFlow,
  listRuns: runs.listRuns,
  startRun: runs.startRun,
  getRun: runs.getRun,
  reviewRun: runs.reviewRun,
};

/** The runs surface: approval flows, and the changes that go through them. */
export const runsSurface: Surface = {
  name: "runs",
  title: "Sayso runs API",
  description: "Approval flows, and the changes that wait for their reviewers.",
  authorization:
    "Authorization: Bearer <OAuth access token>, or Authorization: AccessKey <API key>",
  errorBody: runsErrorBody,
  resources: {
    flow: { label: "Approval Flow", description: "Who has to approve changes of one kind" },
    run: { label: "Run", description: "A change that goes through an approval flow" },
  },
  operations: runsOperations,
  events: {},
  triggers: {},
};
