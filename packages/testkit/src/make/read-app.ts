import { readFile } from "node:fs/promises";
import path from "node:path";
import type { RequestDirectives, WebhookDirectives } from "./directives.ts";
import type { ParameterSpec } from "./parameters.ts";

/** An app in Make's format for local development (developers.make.com/custom-apps-documentation/make-apps-editor/apps-sdk/local-development-for-apps). */
export interface MakeApp {
  base: RequestDirectives;
  common: Record<string, unknown>;
  groups: { label: string; modules: string[] }[];
  connections: Record<string, MakeConnection>;
  webhooks: Record<string, MakeWebhook>;
  modules: Record<string, MakeModuleCode>;
  rpcs: Record<string, MakeRpc>;
}

interface Component {
  label: string;
  /** The connection's id in the app; null: the component needs no credential. */
  connection: string | null;
}

export interface MakeConnection extends Component {
  type: "basic" | "oauth";
  params: ParameterSpec[];
  /** One request for a basic connection, named steps for an OAuth one. */
  communication: RequestDirectives & OAuthSteps;
  defaultScope: string[];
}

/** The steps of an OAuth connection (…/app-components/connections/oauth2, "OAuth 2.0 authentication process"). */
export interface OAuthSteps {
  authorize?: RequestDirectives;
  token?: RequestDirectives;
  info?: RequestDirectives;
  refresh?: RequestDirectives;
  invalidate?: RequestDirectives;
}

export interface MakeWebhook extends Component {
  type: "web" | "web-shared";
  params: ParameterSpec[];
  communication: WebhookDirectives;
  attach: RequestDirectives;
  detach: RequestDirectives;
}

export interface MakeModuleCode extends Component {
  type: "action" | "search" | "trigger" | "instant_trigger" | "universal" | "responder";
  description: string;
  webhook: string | null;
  communication: RequestDirectives | RequestDirectives[];
  staticParams: ParameterSpec[];
  mappableParams: ParameterSpec[];
  interface: ParameterSpec[];
  samples: Record<string, unknown>;
  scope: string[];
  epoch: RequestDirectives;
}

export interface MakeRpc extends Component {
  communication: RequestDirectives;
  params: ParameterSpec[];
}

type Kind = "connection" | "webhook" | "module" | "rpc";

interface Manifest {
  generalCodeFiles: Record<"base" | "common" | "groups" | "readme", string>;
  components: Record<Kind, Record<string, ComponentManifest>>;
}

interface ComponentManifest {
  label?: string;
  description?: string;
  connection?: string | null;
  webhook?: string | null;
  connectionType?: MakeConnection["type"];
  webhookType?: MakeWebhook["type"];
  moduleType?: MakeModuleCode["type"];
  codeFiles: Record<string, string>;
}

/**
 * Reads an app with all files that its manifest names.
 *
 * @param folder the folder that holds makecomapp.json
 * @throws Error for a file that is missing or no JSON
 */
export async function readMakeApp(folder: string): Promise<MakeApp> {
  const readJson = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(path.join(folder, file), "utf8"));
  const manifest = (await readJson("makecomapp.json")) as Manifest;
  const { base, common, groups } = manifest.generalCodeFiles;
  const readAll = async <Code>(kind: Kind): Promise<Record<string, Code>> => {
    const entries = Object.entries(manifest.components[kind]).map(async ([id, component]) => {
      const { codeFiles, connectionType, webhookType, moduleType, ...rest } = component;
      const code = Object.entries(codeFiles).map(
        async ([name, file]) => [name, await readJson(file)] as const,
      );
      const type = connectionType ?? webhookType ?? moduleType;
      return [
        id,
        {
          connection: null,
          webhook: null,
          ...rest,
          type,
          ...Object.fromEntries(await Promise.all(code)),
        },
      ] as const;
    });
    return Object.fromEntries(await Promise.all(entries)) as Record<string, Code>;
  };
  return {
    base: (await readJson(base)) as RequestDirectives,
    common: (await readJson(common)) as Record<string, unknown>,
    groups: (await readJson(groups)) as MakeApp["groups"],
    connections: await readAll<MakeConnection>("connection"),
    webhooks: await readAll<MakeWebhook>("webhook"),
    modules: await readAll<MakeModuleCode>("module"),
    rpcs: await readAll<MakeRpc>("rpc"),
  };
}
