import { isObject } from "@sayso/triggers";

/**
 * Ends the wait of a step that is run again and finds its request decided. The step took an address for a callback, so
 * the runtime would let Zapier wait, but no callback will come. The output of such a step has an outcome, and is its
 * last.
 *
 * @param output the result of a step that the runtime passes to Zapier: its `status` and its `results`
 */
export function endWait(output: unknown): Promise<unknown> {
  const isLast =
    isObject(output) &&
    output.status === "CALLBACK" &&
    isObject(output.results) &&
    typeof output.results.outcome === "string";
  return Promise.resolve(isLast ? { ...output, status: "SUCCESS" } : output);
}
