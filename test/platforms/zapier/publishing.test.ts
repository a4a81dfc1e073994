import { must } from "@sayso/must";
import app from "zapier-sayso";
import { describe, expect, test } from "vitest";
import {
  findPublishingFaults,
  rules,
  type PublishingFault,
  type ReviewedApp,
  type ReviewedField,
  type ReviewedStep,
} from "./publishing.ts";

const ours = app as unknown as ReviewedApp;

test("reviewers have nothing to send back", () => {
  expect(findPublishingFaults(ours)).toEqual([]);
});

/** Returns a copy of the app with one changed step. */
function withStep(
  kind: "triggers" | "creates" | "searches",
  key: string,
  change: (step: ReviewedStep & { operation: { inputFields: ReviewedField[] } }) => void,
): ReviewedApp {
  const step = must(must(ours[kind])[key]);
  const copy = {
    ...step,
    display: { ...step.display },
    operation: {
      ...step.operation,
      inputFields: structuredClone(step.operation.inputFields) as ReviewedField[],
      outputFields: structuredClone(step.operation.outputFields),
      sample: { ...step.operation.sample },
    },
  };
  change(copy);
  return { ...ours, [kind]: { ...ours[kind], [key]: copy } };
}

const field = (step: { operation: { inputFields: ReviewedField[] } }, key: string) =>
  must(step.operation.inputFields.find((one) => one.key === key));
const ask = (more: Partial<ReviewedField>) =>
  withStep("creates", "createRequest", (step) => {
    Object.assign(field(step, "title"), more);
  });

const broken: Record<PublishingFault["rule"], [app: ReviewedApp, where: string][]> = {
  "no credentials in steps": [
    [ask({ label: "API Key" }), "creates.createRequest.title"],
    [ask({ type: "password" }), "creates.createRequest.title"],
  ],
  "help where people connect": [
    [
      { ...ours, authentication: { ...ours.authentication, fields: [{ key: "url" }] } },
      "authentication.url",
    ],
  ],
  "connections can be told apart": [
    [
      { ...ours, authentication: { ...ours.authentication, connectionLabel: "" } },
      "authentication",
    ],
  ],
  "connections are tested": [
    [{ ...ours, authentication: { ...ours.authentication, test: undefined } }, "authentication"],
  ],
  "ids are chosen, not typed": [
    [
      withStep("creates", "cancelRequest", (step) => void delete field(step, "id").dynamic),
      "creates.cancelRequest.id",
    ],
  ],
  "dropdowns are filled": [
    [ask({ dynamic: "listNothing.id.name" }), "creates.createRequest.title"],
    [ask({ dynamic: "listTeams" }), "creates.createRequest.title"],
  ],
  "what is looked up can be found": [
    [ask({ search: "findRequest.number" }), "creates.createRequest.title"],
    [ask({ search: "findNothing.id" }), "creates.createRequest.title"],
  ],
  "searches say what to look for": [
    [
      withStep("searches", "findRequest", (step) => void (step.operation.inputFields = [])),
      "searches.findRequest",
    ],
  ],
  "hooks can be listed and ended": [
    [
      withStep("triggers", "requestDecided", (step) => void delete step.operation.performList),
      "triggers.requestDecided",
    ],
    [
      withStep("triggers", "requestDecided", (step) => {
        delete step.operation.performUnsubscribe;
      }),
      "triggers.requestDecided",
    ],
  ],
  "addresses are https": [
    [
      ask({ helpText: "See http://example.com/help." }),
      "creates.createRequest.operation.inputFields.0.helpText",
    ],
  ],
  "samples have an id": [
    [
      withStep(
        "triggers",
        "requestDecided",
        (step) => void (must(step.operation.sample).id = null),
      ),
      "triggers.requestDecided",
    ],
  ],
  "samples are what comes out": [
    [
      withStep("creates", "addComment", (step) => void delete must(step.operation.sample).body),
      "creates.addComment",
    ],
    [
      withStep("creates", "addComment", (step) => void (must(step.operation.sample).more = 1)),
      "creates.addComment",
    ],
  ],
  "times are ISO 8601": [
    [
      withStep("creates", "addComment", (step) => {
        must(step.operation.sample).created_at = "25 March 2026";
      }),
      "creates.addComment",
    ],
  ],
  "labels are in title case": [
    [ask({ label: "the title" }), "creates.createRequest"],
    [
      withStep("triggers", "voteCast", (step) => void (step.display.label = "Vote cast")),
      "triggers.voteCast",
    ],
  ],
  "triggers say when": [
    [
      withStep("triggers", "voteCast", (step) => void (step.display.description = "A vote.")),
      "triggers.voteCast",
    ],
  ],
  "actions say what they do": [
    [
      withStep("creates", "addComment", (step) => {
        step.display.description = "Triggers a comment";
      }),
      "creates.addComment",
    ],
  ],
  "help is in sentences": [[ask({ helpText: "the title" }), "creates.createRequest.title"]],
};

test("every rule is tried on a broken app", () => {
  expect(Object.keys(broken).sort()).toEqual(Object.keys(rules).sort());
});

describe.each(Object.entries(broken))("%s", (rule, cases) => {
  test.each(cases.map(([made, where], index) => [index, made, where] as const))(
    "is found missing: case %i",
    (_, made, where) => {
      const found = findPublishingFaults(made);
      expect(found.map((fault) => [fault.rule, fault.where])).toEqual([[rule, where]]);
    },
  );
});
