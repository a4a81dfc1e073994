import type { Surface } from "../../surface.ts";
import { runsErrorBody } from "./errors.ts";
import { flowOperations } from "./flows.ts";
import { runOperations } from "./runs.ts";

/** All operations of the runs surface. */
export const runsOperations = {
  ...flowOperations,
  ...runOperations,
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
    flow: { label: "Approval Flow", description: "The reviewers for changes of one kind" },
    run: { label: "Run", description: "A change that goes through an approval flow" },
  },
  operations: runsOperations,
  events: {},
  triggers: {},
};
