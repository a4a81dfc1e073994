import { SaysoError, type Approval, type Sayso } from "@sayso/client";
import type { PlainInputField, Search } from "zapier-platform-core";
import type { DeclaredAction } from "./declared.ts";
import { readInput, wrong, type Values } from "./input.ts";
import { toFlat } from "./output.ts";
import { withRefusals } from "./refusals.ts";
import { connect } from "./server.ts";

/**
 * The largest number of requests found. Zapier takes the first; where somebody chooses among them, it offers the others
 * too.
 */
const FOUND_MAX = 20;

const requestId: PlainInputField = {
  key: "id",
  label: "Request ID",
  type: "string",
  required: false,
  helpText: "Sayso's ID of the request. If set, the other fields are ignored.",
};

/** Finds requests by their id, by a caller's own id, or by words; the newest first. */
export function findRequestOf(declared: DeclaredAction): Search {
  const { key, noun, display, inputFields, outputFields, sample } = declared;
  return {
    key,
    noun,
    display,
    operation: {
      inputFields: [requestId, ...inputFields],
      outputFields,
      sample,
      perform: (z, bundle) =>
        withRefusals(z, async () => {
          const given = readInput(z, [{ key: "id", kind: "string" }, ...declared.fields], {
            ...bundle.inputData,
          });
          if (Object.keys(given).length === 0)
            throw wrong(z, "search", "give words, an External ID or a Request ID to look for");
          const found = await find(connect(z, bundle), given);
          return found.map((request) => toFlat(declared.outputs, request));
        }),
    },
  };
}

async function find(sayso: Sayso, { id, ...query }: Values): Promise<Approval[]> {
  if (typeof id === "string") {
    try {
      return [await sayso.getApproval({ id })];
    } catch (error) {
      if (error instanceof SaysoError && error.code === "NOT_FOUND") return [];
      throw error;
    }
  }
  return (await sayso.listApprovals({ ...query, page_size: FOUND_MAX })).data;
}
