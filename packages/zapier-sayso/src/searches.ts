import type { App, Search } from "zapier-platform-core";
import { callOperation } from "./actions/call.ts";
import type { DeclaredAction } from "./declared.ts";
import { searches as declaredSearches } from "./declared.generated.ts";
import { findRequestOf } from "./find-request.ts";
import { readInput } from "./input.ts";
import { itemsOf, toFlat } from "./output.ts";
import { withRefusals } from "./refusals.ts";
import { connect } from "./server.ts";

const special: Record<string, (declared: DeclaredAction) => Search> = {
  findRequest: findRequestOf,
};

/** All objects that a Zap can look up in Sayso. */
export const searches: Record<string, Search> = Object.fromEntries(
  Object.entries(declaredSearches).map(([key, declared]) => [
    key,
    (special[key] ?? searchOf)(declared),
  ]),
);

function searchOf(declared: DeclaredAction): Search {
  const { key, noun, display, inputFields, outputFields, sample } = declared;
  return {
    key,
    noun,
    display,
    operation: {
      inputFields,
      outputFields,
      sample,
      perform: (z, bundle) =>
        withRefusals(z, async () => {
          const input = readInput(z, declared.fields, bundle.inputData);
          const answer = await callOperation(connect(z, bundle), declared, input);
          return itemsOf(answer).map((one) => toFlat(declared.outputs, one));
        }),
    },
  };
}

/** Looks for a request, and makes it where there is none. */
export const searchOrCreates: App["searchOrCreates"] = {
  findRequest: {
    key: "findRequest",
    display: {
      label: "Find or Create Request",
      description: "Finds a request, or creates it if there is none.",
    },
    search: "findRequest",
    create: "createRequest",
  },
};
