/** The parts of a field that Zapier's reviewers check. */
export interface ReviewedField {
  key: string;
  label?: string;
  type?: string;
  helpText?: string;
  required?: boolean;
  computed?: boolean;
  dynamic?: string;
  search?: string;
  children?: ReviewedField[];
}

export interface ReviewedStep {
  key: string;
  noun: string;
  display: { label: string; description: string; hidden?: boolean };
  operation: {
    type?: string;
    inputFields?: unknown;
    outputFields?: unknown;
    sample?: Record<string, unknown>;
    performList?: unknown;
    performSubscribe?: unknown;
    performUnsubscribe?: unknown;
  };
}

/** An app's definition. */
export interface ReviewedApp {
  authentication?: { connectionLabel?: unknown; test?: unknown; fields?: ReviewedField[] };
  triggers?: Record<string, ReviewedStep>;
  creates?: Record<string, ReviewedStep>;
  searches?: Record<string, ReviewedStep>;
}

/** A fault that Zapier's reviewers would reject. */
export interface PublishingFault {
  rule: keyof typeof rules;
  /** The place of the fault, such as `creates.createRequest.title`. */
  where: string;
  what: string;
}

interface Place {
  app: ReviewedApp;
  kind: "triggers" | "creates" | "searches";
  step: ReviewedStep;
  inputs: ReviewedField[];
  outputs: ReviewedField[];
}

type Found = Omit<PublishingFault, "rule">;

/** Those of Zapier's checks before publishing that can run without Zapier, as one rule each. */
export const rules = {
  "no credentials in steps": eachInput(({ key, label = "", type }) =>
    type === "password" ||
    /\b(api[ _-]?key|password|secret|access[ _-]?token)\b/i.test(`${key} ${label}`)
      ? "asks for a credential: that belongs to the authentication"
      : null,
  ),
  "help where people connect": ({ authentication }) =>
    (authentication?.fields ?? [])
      .filter(({ computed, helpText = "" }) => !computed && !/\]\(https:\/\//.test(helpText))
      .map(({ key }) => ({
        where: `authentication.${key}`,
        what: "has no link to where it is found",
      })),
  "connections can be told apart": ({ authentication }) =>
    authentication && (authentication.connectionLabel ?? "") === ""
      ? [{ where: "authentication", what: "has no connection label" }]
      : [],
  "connections are tested": ({ authentication }) =>
    authentication && !authentication.test
      ? [{ where: "authentication", what: "has no test" }]
      : [],
  "ids are chosen, not typed": eachInput(({ key, required, dynamic }) =>
    required && /(^|_)id$/.test(key) && !dynamic ? "is an id and has no dropdown" : null,
  ),
  "dropdowns are filled": eachInput(({ dynamic }, { app }) => {
    if (dynamic === undefined) return null;
    const [key = "", value, label] = dynamic.split(".");
    const isWhole = app.triggers?.[key] && value && label;
    return isWhole ? null : `is filled by ${dynamic}, which isn't there`;
  }),
  "what is looked up can be found": eachInput(({ search }, { app }) => {
    if (search === undefined) return null;
    const [key = "", output] = search.split(".");
    const found = app.searches?.[key];
    const isThere =
      found && fieldsOf(found.operation.outputFields).some((one) => one.key === output);
    return isThere ? null : `is looked up by ${search}, which isn't there`;
  }),
  "searches say what to look for": eachStep(({ kind, inputs }) =>
    kind === "searches" && inputs.length === 0 ? "has no field to search by" : null,
  ),
  "hooks can be listed and ended": eachStep(({ step: { operation } }) => {
    if (operation.type !== "hook") return null;
    const parts = ["performList", "performSubscribe", "performUnsubscribe"] as const;
    const missing = parts.filter((part) => !operation[part]);
    return missing.length > 0 ? `has no ${missing.join(", ")}` : null;
  }),
  "addresses are https": (app) =>
    [...textsOf(app)]
      .filter(([, text]) => /http:\/\/(?!localhost\b|127\.)/i.test(text))
      .map(([where]) => ({ where, what: "holds an address that isn't https" })),
  "samples have an id": eachStep(({ step: { operation } }) =>
    operation.sample?.id == null || operation.sample.id === ""
      ? "has a sample without an id"
      : null,
  ),
  "samples are what comes out": eachStep(({ step: { operation }, outputs }) => {
    const keys = outputs.map(({ key }) => key);
    const sampled = Object.keys(operation.sample ?? {});
    const missing = keys.filter((key) => !sampled.includes(key));
    const unknown = sampled.filter((key) => !keys.includes(key));
    return missing.length + unknown.length > 0
      ? `differs: not in the sample ${missing.join(", ")}; not among the fields ${unknown.join(", ")}`
      : null;
  }),
  "times are ISO 8601": eachStep(({ step: { operation }, outputs }) => {
    const wrong = outputs
      .filter(({ type }) => type === "datetime")
      .map(({ key }) => operation.sample?.[key])
      .filter((value) => value != null && !isoTime.test(String(value as string)));
    return wrong.length > 0 ? `has a sample whose time is ${wrong.join(", ")}` : null;
  }),
  "labels are in title case": eachStep(({ step: { display }, inputs, outputs }) => {
    const labels = [
      display.label,
      ...allFields([...inputs, ...outputs]).map((one) => one.label ?? ""),
    ];
    const wrong = labels.filter((label) => !titleCase.test(label));
    return wrong.length > 0 ? `has labels that aren't: ${wrong.join(", ")}` : null;
  }),
  "triggers say when": eachStep(({ kind, step: { display } }) =>
    kind === "triggers" && !/^Triggers when .+\.$/.test(display.description)
      ? "has a description that isn't “Triggers when … .”"
      : null,
  ),
  "actions say what they do": eachStep(({ kind, step: { display } }) =>
    kind !== "triggers" && !/^(?!Triggers\b)[A-Z].+\.$/.test(display.description)
      ? "has a description that is no sentence, or a trigger's"
      : null,
  ),
  "help is in sentences": eachInput(({ helpText }) =>
    helpText === undefined || /^[A-Z].*[.!?]$/s.test(helpText)
      ? null
      : "has help that is no sentence",
  ),
} satisfies Record<string, (app: ReviewedApp) => Found[]>;

/** Finds the faults that Zapier's reviewers would reject; empty if there are none. */
export const findPublishingFaults = (app: ReviewedApp): PublishingFault[] =>
  Object.entries(rules).flatMap(([rule, find]) =>
    find(app).map((found) => ({
      rule: rule as PublishingFault["rule"],
      ...found,
    })),
  );

const titleCase =
  /^[A-Z0-9]\S*( (?:[A-Z0-9(]\S*|a|an|and|at|by|for|from|in|of|on|or|the|to|with))*$/;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Fields that a function creates can't be checked here. */
const fieldsOf = (fields: unknown): ReviewedField[] =>
  (Array.isArray(fields) ? fields : []).filter(
    (field): field is ReviewedField => typeof field === "object",
  );

const allFields = (fields: ReviewedField[]): ReviewedField[] =>
  fields.flatMap((field) => [field, ...allFields(field.children ?? [])]);

/** Returns the visible steps. Steps that only fill dropdowns are hidden from people. */
function placesOf(app: ReviewedApp): Place[] {
  return (["triggers", "creates", "searches"] as const).flatMap((kind) =>
    Object.values(app[kind] ?? {})
      .filter(({ display }) => !display.hidden)
      .map((step) => ({
        app,
        kind,
        step,
        inputs: fieldsOf(step.operation.inputFields),
        outputs: fieldsOf(step.operation.outputFields),
      })),
  );
}

function eachStep(judge: (place: Place) => string | null) {
  return (app: ReviewedApp): Found[] =>
    placesOf(app).flatMap((place) => {
      const what = judge(place);
      return what === null ? [] : [{ where: `${place.kind}.${place.step.key}`, what }];
    });
}

function eachInput(judge: (field: ReviewedField, place: Place) => string | null) {
  return (app: ReviewedApp): Found[] =>
    placesOf(app).flatMap((place) =>
      allFields(place.inputs).flatMap((field) => {
        const what = judge(field, place);
        const where = `${place.kind}.${place.step.key}.${field.key}`;
        return what === null ? [] : [{ where, what }];
      }),
    );
}

/** Yields every text of a definition except in samples, with its place. */
function* textsOf(thing: unknown, where = ""): Generator<[where: string, text: string]> {
  if (typeof thing === "string") yield [where, thing];
  if (typeof thing !== "object" || thing === null) return;
  for (const [key, value] of Object.entries(thing))
    if (key !== "sample") yield* textsOf(value, where === "" ? key : `${where}.${key}`);
}
