import type { Declarations, Scope } from "@sayso/catalogue";
import type { MakeCode, MakeComponent } from "./make-component.ts";
import { base, renderConnections } from "./make-connections.ts";
import { renderOperations, universalModule } from "./make-modules.ts";
import { renderRpcs } from "./make-rpcs.ts";
import { pollingId, renderTriggers } from "./make-triggers.ts";
import { variantsOf, watchOf } from "./make-variants.ts";
import { specify, type Specification } from "../specification.ts";

const FOLDER = "packages/make-sayso/app";

/**
 * Renders the Make app in Make's format for local development
 * (developers.make.com/custom-apps-documentation/make-apps-editor/apps-sdk/local-development-for-apps).
 *
 * @returns paths in the repository and texts
 */
export function renderMakeApp(declarations: Declarations): [path: string, text: string][] {
  const { resources, operations, triggers } = specify(declarations);
  const shown: Specification = {
    resources,
    operations: operations.filter(({ platforms }) => platforms.includes("make")),
    triggers: triggers.filter(({ platforms }) => platforms.includes("make")),
  };
  const fields = [...shown.operations, ...shown.triggers].flatMap((declared) => declared.fields);
  const modules = [
    ...renderTriggers(declarations, shown.triggers, operations),
    ...renderOperations(declarations, shown.operations),
    universalModule,
  ];
  const used = scopesOf(declarations, shown);
  const components = [...renderConnections(used), ...modules, ...renderRpcs(fields, operations)];
  const files: [file: string, value: unknown][] = [
    ["makecomapp.json", manifestOf(components)],
    ["general/base.iml.json", base],
    ["general/common.json", {}],
    ["general/groups.json", groupsOf(shown)],
    ...components.flatMap(({ kind, id, code }) =>
      codesOf(code).map((name): [string, unknown] => [fileOf(kind, id, name, code), code[name]]),
    ),
  ];
  return files.map(([file, value]) => [`${FOLDER}/${file}`, JSON.stringify(value)]);
}

/** Returns the scopes that the app's modules need, in the order in which Sayso asks people for them. */
function scopesOf({ operations }: Declarations, shown: Specification): Scope[] {
  const needed = shown.operations.flatMap(({ name }) => operations[name]?.scope ?? []);
  return [...new Set<Scope>(["approvals:read", "approvals:write", ...needed])];
}

function groupsOf({ resources, operations, triggers }: Specification) {
  const groups = resources.map(({ key, label }) => ({
    label: `${label}s`,
    modules: [
      ...triggers
        .filter(({ resource }) => resource === key)
        .flatMap((trigger) => [watchOf(trigger).id, pollingId(watchOf(trigger).id)]),
      ...operations
        .filter(({ resource }) => resource === key)
        .flatMap((operation) => variantsOf(operation).map(({ id }) => id)),
    ],
  }));
  return [
    ...groups.filter(({ modules }) => modules.length > 0),
    { label: "Other", modules: [universalModule.id] },
  ];
}

const suffixes: Record<MakeCode, string> = {
  communication: "communication",
  params: "params",
  staticParams: "static-params",
  mappableParams: "mappable-params",
  interface: "interface",
  samples: "samples",
  scope: "required-scope",
  epoch: "epoch",
  scopeList: "scope-list",
  defaultScope: "default-scope",
  attach: "attach",
  detach: "detach",
  requiredScope: "required-scope",
};

const codesOf = (code: MakeComponent["code"]): MakeCode[] =>
  Object.keys(code).filter((name): name is MakeCode => name in suffixes);

function fileOf(
  kind: MakeComponent["kind"],
  id: string,
  name: MakeCode,
  code: MakeComponent["code"],
): string {
  const isOAuth = kind === "connection" && name === "communication" && "scopeList" in code;
  const folder = id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${kind}s/${folder}/${folder}.${isOAuth ? "oauth-" : ""}${suffixes[name]}.iml.json`;
}

function manifestOf(components: readonly MakeComponent[]) {
  const ofKind = (kind: MakeComponent["kind"]) =>
    Object.fromEntries(
      components
        .filter((component) => component.kind === kind)
        .map(({ id, manifest, code }) => [
          id,
          {
            ...manifest,
            codeFiles: Object.fromEntries(
              codesOf(code).map((name) => [name, fileOf(kind, id, name, code)]),
            ),
          },
        ]),
    );
  return {
    fileVersion: 1,
    generalCodeFiles: {
      base: "general/base.iml.json",
      common: "general/common.json",
      readme: "../README.md",
      groups: "general/groups.json",
    },
    components: {
      connection: ofKind("connection"),
      webhook: ofKind("webhook"),
      module: ofKind("module"),
      rpc: ofKind("rpc"),
      function: {},
      endpoint: {},
    },
    origins: [],
  };
}
