import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { addApiOptions, callApi, type ApiOptions } from "./api.ts";
import { addRequestOptions, toRequestBody, type RequestOptions } from "./request-input.ts";
import { addVerb, print, type OutputOptions } from "./verb.ts";

type CreateOptions = OutputOptions & ApiOptions & RequestOptions;
type DecideOptions = OutputOptions & ApiOptions & { comment?: string };

const verdicts = new Map([
  ["approve", "approve"],
  ["approved", "approve"],
  ["yes", "approve"],
  ["reject", "reject"],
  ["rejected", "reject"],
  ["no", "reject"],
]);

/** Adds `sayso request …`. */
export function addRequestVerbs(program: Command): void {
  const request = program
    .command("request")
    .description("create and decide requests on a running server");

  addRequestOptions(
    addApiOptions(
      addVerb(
        request,
        "create <title>",
        "create a request without waiting for its decision",
        'sayso request create "Deploy v2?" --priority high',
      ),
    ),
  ).action(async (title: string, options: CreateOptions) => {
    const body = toRequestBody(title, options, options.idempotencyKey ?? randomUUID());
    const approval = await callApi(options, "POST", "/approvals", { body });
    print(options, approval, [approval.id, approval.url]);
  });

  addApiOptions(
    addVerb(
      request,
      "decide <id> <approve|reject>",
      "vote on a request, with a personal token or with the key of a connection that can vote",
      'sayso request decide 0199… approve --comment "Go ahead"',
    ),
  )
    .option("-c, --comment <text>", "a comment on the vote")
    .action(async (id: string, verdict: string, options: DecideOptions) => {
      const decision = verdicts.get(verdict.toLowerCase());
      if (decision === undefined)
        throw new Error(`${verdict} is not a decision. Use approve or reject`);
      const body = { decision, comment: options.comment, source: "sayso command line" };
      const decided = await callApi(options, "PATCH", `/approvals/${encodeURIComponent(id)}`, {
        body,
      });
      print(options, decided, `${decided.id} is ${decided.status}.`);
    });
}
