import { operations } from "@sayso/client";
import type { Create, PlainInputField, PlainOutputField } from "zapier-platform-core";
import type { DeclaredAction } from "../declared.ts";
import { creates as declaredCreates } from "../declared.generated.ts";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import type { Perform } from "../perform.ts";
import { withRefusals } from "../refusals.ts";
import { connect } from "../server.ts";
import { requestApproval, resumeApproval } from "../wait/index.ts";
import { waitFields, waitOutputs } from "../wait/fields.ts";
import { addComment } from "./add-comment.ts";
import { callOperation } from "./call.ts";
import { cancelRequest } from "./cancel-request.ts";
import { createRequest } from "./create-request.ts";
import { decideRequest } from "./decide-request.ts";
import { doOnce } from "./do-once.ts";
import { logActivity } from "./log-activity.ts";

/** The actions that do more than call their operation. */
const performs: Record<string, Perform> = {
  requestApproval,
  createRequest,
  logActivity,
  decideRequest,
  cancelRequest,
  addComment,
};

const callAsDeclared: Perform = (z, bundle, { sayso, declared }) => {
  const act = async () => {
    const input = readInput(z, declared.fields, bundle.inputData);
    return toFlat(declared.outputs, await callOperation(sayso, declared, input));
  };
  // An operation that only sets values runs every time: the server's answer always shows the present state.
  const { method } = operations[declared.operation];
  return method === "POST" ? doOnce(z, bundle, { action: declared.key, act }) : act();
};

interface Added {
  inputFields?: PlainInputField[];
  outputFields?: PlainOutputField[];
  sample?: object;
  performResume?: Create["operation"]["performResume"];
}

/** The parts of an action that the catalogue doesn't have, because only Zapier needs them. */
const added: Record<string, Added> = {
  requestApproval: {
    inputFields: waitFields,
    ...waitOutputs,
    performResume: resumeApproval,
  },
};

/** All actions that a Zap can run in Sayso. */
export const creates: Record<string, Create> = Object.fromEntries(
  Object.entries(declaredCreates).map(([key, declared]) => [key, createOf(declared)]),
);

function createOf(declared: DeclaredAction): Create {
  const { key, noun, display, inputFields, outputFields, sample } = declared;
  const { performResume, ...more } = added[key] ?? {};
  const perform = performs[key] ?? callAsDeclared;
  return {
    key,
    noun,
    display,
    operation: {
      inputFields: [...inputFields, ...(more.inputFields ?? [])],
      outputFields: [...outputFields, ...(more.outputFields ?? [])],
      sample: { ...sample, ...more.sample },
      perform: (z, bundle) =>
        withRefusals(z, () => perform(z, bundle, { sayso: connect(z, bundle), declared })),
      ...(performResume && { performResume }),
    },
  };
}
