import type { Make } from "@makehq/sdk";
import type { ComponentKind, ComponentManifest } from "../app-files.ts";

/** The data that Make has about a component, beside its code. */
export interface RemoteComponent {
  /** For modules and RPCs our id; for connections and webhooks a name that Make made up. */
  name: string;
  label: string;
  /** Only for connections and webhooks. */
  type?: string;
  description?: string;
  typeId?: number;
  crud?: string | null;
  connection?: string | null;
  altConnection?: string | null;
  webhook?: string | null;
  public?: boolean;
  approved?: boolean;
}

/** The fields of a component that can be set, by their names in Make's API. */
export type Metadata = Pick<
  RemoteComponent,
  "label" | "description" | "typeId" | "crud" | "connection" | "altConnection" | "webhook"
>;

/** The components of one kind in an app on Make. */
export interface RemoteKind {
  list: () => Promise<RemoteComponent[]>;
  create: (id: string, type: string | undefined, metadata: Metadata) => Promise<void>;
  update: (name: string, metadata: Metadata) => Promise<void>;
  delete: (name: string) => Promise<void>;
  /** Returns text or, where Make sent JSON, the parsed value. */
  getSection: (name: string, section: string) => Promise<unknown>;
  setSection: (name: string, section: string, text: string) => Promise<void>;
}

/** Make's numbers for the types of modules (repository integromat/vscode-apps-sdk, module-types-naming). */
const typeIds: Record<string, number> = {
  trigger: 1,
  action: 4,
  search: 9,
  instant_trigger: 10,
  responder: 11,
  universal: 12,
};

const sectionsByKind = {
  connection: {
    communication: "api",
    params: "parameters",
    scopeList: "scopes",
    defaultScope: "scope",
  },
  webhook: {
    communication: "api",
    params: "parameters",
    attach: "attach",
    detach: "detach",
    requiredScope: "scope",
  },
  module: {
    communication: "api",
    staticParams: "parameters",
    mappableParams: "expect",
    interface: "interface",
    samples: "samples",
    scope: "scope",
    epoch: "epoch",
  },
  rpc: { communication: "api", params: "parameters" },
} as const;

/** Maps a piece of code in makecomapp.json to its section in the API, by kind. */
export const sections: Record<ComponentKind, Record<string, string>> = sectionsByKind;

/** Returns the manifest's data about a component, with the names that its references have on Make. */
export function metadataOf(
  kind: ComponentKind,
  { label, description, moduleType, actionCrud, ...rest }: ComponentManifest,
  nameOf: (kind: ComponentKind, id: string) => string,
): Metadata {
  const reference = (of: "connection" | "webhook", id: string | null | undefined) =>
    id == null ? null : nameOf(of, id);
  return {
    label,
    ...(kind !== "connection" && {
      connection: reference("connection", rest.connection),
      altConnection: reference("connection", rest.altConnection),
    }),
    ...(kind === "module" && {
      description: description ?? "",
      typeId: typeIds[moduleType ?? ""],
    }),
    ...(moduleType === "action" && { crud: actionCrud ?? null }),
    ...(moduleType === "instant_trigger" && { webhook: reference("webhook", rest.webhook) }),
  };
}

/**
 * Gives access to an app's components through Make's API. The client's types have fewer of the fields that can be set
 * than the API has (vscode-apps-sdk, deploy-metadata); the other fields are sent too.
 */
export function remoteKinds(
  make: Make,
  app: string,
  version: number,
): Record<ComponentKind, RemoteKind> {
  const { connections, webhooks, modules, rpcs } = make.sdk;
  return {
    connection: {
      list: () => connections.list(app),
      create: async (_, type = "", metadata) => {
        await connections.create(app, { ...metadata, type });
      },
      update: async (name, metadata) => {
        await connections.update(name, metadata);
      },
      delete: (name) => connections.delete(name),
      ...sectionsOf(sectionsByKind.connection, {
        get: (name, section) => connections.getSection(name, section),
        set: (name, section, text) => connections.setSection(name, section, text),
      }),
    },
    webhook: {
      list: () => webhooks.list(app),
      create: async (_, type = "", metadata) => {
        await webhooks.create(app, { ...metadata, type });
      },
      update: async (name, metadata) => {
        await webhooks.update(name, metadata);
      },
      delete: (name) => webhooks.delete(name),
      ...sectionsOf(sectionsByKind.webhook, {
        get: (name, section) => webhooks.getSection(name, section),
        set: (name, section, text) => webhooks.setSection(name, section, text),
      }),
    },
    module: {
      list: () => modules.list(app, version),
      create: async (name, _, metadata) => {
        const { description = "", typeId = 0 } = metadata;
        const body = { ...metadata, name, description, typeId };
        // Any of Make's templates for a universal module, because our code replaces it at once.
        await modules.create(
          app,
          version,
          typeId === 12 ? { ...body, ...{ subtype: "Universal" } } : body,
        );
      },
      update: async (name, metadata) => {
        await modules.update(app, version, name, updateOf(metadata));
      },
      delete: (name) => modules.delete(app, version, name),
      ...sectionsOf(sectionsByKind.module, {
        get: (name, section) => modules.getSection(app, version, name, section),
        set: (name, section, text) => modules.setSection(app, version, name, section, text),
      }),
    },
    rpc: {
      list: () => rpcs.list(app, version),
      create: async (name, _, metadata) => {
        await rpcs.create(app, version, { ...metadata, name });
      },
      update: async (name, metadata) => {
        await rpcs.update(app, version, name, updateOf(metadata));
      },
      delete: (name) => rpcs.delete(app, version, name),
      ...sectionsOf(sectionsByKind.rpc, {
        get: (name, section) => rpcs.getSection(app, version, name, section),
        set: (name, section, text) => rpcs.setSection(app, version, name, section, text),
      }),
    },
  };
}

/** Lets the sections of one kind be read and set by their names. Make's client knows only that kind's own. */
function sectionsOf<Section extends string>(
  own: Record<string, Section>,
  access: {
    get: (name: string, section: Section) => Promise<unknown>;
    set: (name: string, section: Section, text: string) => Promise<void>;
  },
): Pick<RemoteKind, "getSection" | "setSection"> {
  const ownSection = (section: string): Section => {
    const found = Object.values(own).find((one) => one === section);
    if (found === undefined) throw new Error(`Make has no section ${section} here`);
    return found;
  };
  return {
    getSection: async (name, section) => access.get(name, ownSection(section)),
    setSection: async (name, section, text) => access.set(name, ownSection(section), text),
  };
}

/** Returns what to send to change a component. Make's API takes null for no connection, which its client's type omits. */
const updateOf = (metadata: Metadata) =>
  metadata as Metadata & { connection?: string; altConnection?: string };
