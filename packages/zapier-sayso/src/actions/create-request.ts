import type { CreateApprovalInput } from "@sayso/client";
import type { Perform } from "../perform.ts";
import { readInput } from "../input.ts";
import { toFlat } from "../output.ts";
import { askOnce } from "./ask-once.ts";

/** Asks people and goes on at once. A pending request that this Zap has made already isn't made again. */
export const createRequest: Perform = async (z, bundle, { sayso, declared }) =>
  toFlat(
    declared.outputs,
    await askOnce(z, bundle, sayso, {
      input: readInput<CreateApprovalInput>(z, declared.fields, bundle.inputData),
      isSame: ({ status }) => status === "pending",
    }),
  );
