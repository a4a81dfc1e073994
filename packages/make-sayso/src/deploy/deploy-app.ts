import type { Make } from "@makehq/sdk";
import type { App, ComponentKind, ComponentManifest } from "../app-files.ts";
import { difference, tidy } from "./difference.ts";
import {
  metadataOf,
  remoteKinds,
  sections,
  type Metadata,
  type RemoteComponent,
  type RemoteKind,
} from "./remote-app.ts";

export interface DeployOptions {
  make: Make;
  /** The app's name on Make, such as `sayso-x1y2z3`. The app has to exist. */
  name: string;
  /** Default 1. */
  version?: number;
  /** Changes nothing; the changes are only reported. */
  isDryRun?: boolean;
  /** Deletes components that Make has and this repository no longer has. Default: they are only reported. */
  deletesOrphans?: boolean;
  /** Receives a line of progress. */
  report?: (line: string) => void;
}

/** The changes that were made, or would be made. */
export interface Deployed {
  /** For example `create module watchDecisions` or `change module watchDecisions, api`. */
  changes: string[];
  /** Components on Make that this repository doesn't have. They stay unless they are deleted. */
  orphans: string[];
}

/** The order of deployment: connections come before the components that refer to them. */
const order: readonly ComponentKind[] = ["connection", "rpc", "webhook", "module"];

/**
 * Deploys the app in this repository to Make: creates components, and sets their labels and references and each section
 * of their code, with one call for each difference. Equal parts are left alone, so a second run changes nothing, and a
 * run that broke off can be repeated.
 *
 * Connections and webhooks are recognised by their label and type, because Make gives them names of its own.
 *
 * @throws Error before any change, when an orphan that should be deleted is published (Make can't delete those), or
 * when two components can't be told apart
 */
export async function deployApp(app: App, options: DeployOptions): Promise<Deployed> {
  const { make, name, version = 1, report = () => undefined } = options;
  const kinds = remoteKinds(make, name, version);
  const remote = new Map<ComponentKind, RemoteComponent[]>();
  for (const kind of order) remote.set(kind, await kinds[kind].list());
  const about = await make.sdk.apps.get(name, version);
  const orphans = findOrphans(app, remote);
  if (options.deletesOrphans) refusePublished(orphans, about.public === true);

  const deployment: Deployment = { app, options, kinds, remote, changes: [], report };
  for (const kind of order)
    for (const [id, manifest] of Object.entries(app.manifest.components[kind]))
      await deployComponent(deployment, kind, id, manifest);
  await deployGeneral(deployment, version);
  for (const { kind, component } of options.deletesOrphans ? orphans : []) {
    await change(
      deployment,
      `delete ${kind} ${component.name}`,
      () => [],
      () => kinds[kind].delete(component.name),
    );
  }
  return {
    changes: deployment.changes,
    orphans: orphans.map(({ kind, component }) => `${kind} ${component.name}`),
  };
}

interface Deployment {
  app: App;
  options: DeployOptions;
  kinds: Record<ComponentKind, RemoteKind>;
  remote: Map<ComponentKind, RemoteComponent[]>;
  changes: string[];
  report: (line: string) => void;
}

interface Orphan {
  kind: ComponentKind;
  component: RemoteComponent;
}

/** Finds our component on Make. Undefined: it isn't there yet. */
function find(
  remote: Deployment["remote"],
  kind: ComponentKind,
  id: string,
  manifest: ComponentManifest,
): RemoteComponent | undefined {
  const found = (remote.get(kind) ?? []).filter((one) =>
    kind === "module" || kind === "rpc"
      ? one.name === id
      : one.label === manifest.label &&
        one.type === (manifest.connectionType ?? manifest.webhookType),
  );
  if (found.length > 1)
    throw new Error(
      `Make has ${found.length} ${kind}s with the label ${manifest.label}: rename or delete all but one`,
    );
  return found[0];
}

function findOrphans({ manifest }: App, remote: Deployment["remote"]): Orphan[] {
  return order.flatMap((kind) => {
    const ours = Object.entries(manifest.components[kind]).map(
      ([id, component]) => find(remote, kind, id, component)?.name,
    );
    return (remote.get(kind) ?? [])
      .filter(({ name }) => !ours.includes(name))
      .map((component) => ({ kind, component }));
  });
}

/** Refuses to delete published components, which Make doesn't allow (developers.make.com, "Request app review"). */
function refusePublished(orphans: readonly Orphan[], isAppPublic: boolean): void {
  const published = orphans.filter(
    ({ component }) => isAppPublic || component.public || component.approved,
  );
  if (published.length === 0) return;
  const names = published.map(({ kind, component }) => `${kind} ${component.name}`).join(", ");
  throw new Error(`Published components can't be deleted: ${names}. Nothing was changed`);
}

async function deployComponent(
  deployment: Deployment,
  kind: ComponentKind,
  id: string,
  manifest: ComponentManifest,
): Promise<void> {
  const { kinds, remote, options } = deployment;
  const wanted = metadataOf(kind, manifest, (of, reference) => nameOf(deployment, of, reference));
  let there = find(remote, kind, id, manifest);
  const isNew = !there;
  if (!there) {
    const type = manifest.connectionType ?? manifest.webhookType;
    await change(
      deployment,
      `create ${kind} ${id}`,
      () => difference("", tidy(wanted)),
      () => kinds[kind].create(id, type, wanted),
    );
    if (!options.isDryRun) remote.set(kind, await kinds[kind].list());
    there = find(remote, kind, id, manifest);
    if (!there && !options.isDryRun) throw new Error(`Make has created no ${kind} ${id}`);
  }
  if (there) await deployMetadata(deployment, kind, id, there, wanted);
  for (const [code, file] of Object.entries(manifest.codeFiles)) {
    const section = sections[kind][code];
    if (section === undefined) throw new Error(`${kind} ${id}: there is no section for ${code}`);
    const remoteName = there?.name ?? "";
    // The code that Make puts into a new component is a template, which ours replaces.
    const before = isNew ? "" : tidy(await kinds[kind].getSection(remoteName, section));
    const text = tidy(deployment.app.files.get(file));
    if (before === text) continue;
    await change(
      deployment,
      `change ${kind} ${id}, ${section}`,
      () => difference(before, text),
      () => kinds[kind].setSection(remoteName, section, text),
    );
  }
}

/** Sets the metadata that differs. Only the fields that Make shows can be compared. */
async function deployMetadata(
  deployment: Deployment,
  kind: ComponentKind,
  id: string,
  there: RemoteComponent,
  wanted: Metadata,
): Promise<void> {
  const shown = new Map(Object.entries(there));
  const known = Object.entries(wanted).filter(([key]) => shown.has(key));
  const present = Object.fromEntries(known.map(([key]) => [key, shown.get(key) ?? null]));
  const [before, after] = [tidy(present), tidy(Object.fromEntries(known))];
  if (before === after) return;
  await change(
    deployment,
    `change ${kind} ${id}`,
    () => difference(before, after),
    () => deployment.kinds[kind].update(there.name, wanted),
  );
}

function nameOf({ app, remote, options }: Deployment, kind: ComponentKind, id: string): string {
  const manifest = app.manifest.components[kind][id];
  if (!manifest) throw new Error(`There is no ${kind} ${id}`);
  const there = find(remote, kind, id, manifest);
  if (there) return there.name;
  if (options.isDryRun) return `(the new ${kind} ${id})`;
  throw new Error(`Make has no ${kind} ${id} yet`);
}

async function deployGeneral(deployment: Deployment, version: number): Promise<void> {
  const { app, options } = deployment;
  const { apps } = options.make.sdk;
  const { base, groups, readme } = app.manifest.generalCodeFiles;
  for (const [section, file] of [
    ["base", base],
    ["groups", groups],
  ] as const) {
    const [before, after] = [
      tidy(await apps.getSection(options.name, version, section)),
      tidy(app.files.get(file)),
    ];
    if (before !== after)
      await change(
        deployment,
        `change ${section}`,
        () => difference(before, after),
        () => apps.setSection(options.name, version, section, after),
      );
  }
  const before = (await apps.getDocs(options.name, version)) ?? "";
  const after = app.files.get(readme) ?? "";
  if (before !== after)
    await change(
      deployment,
      "change readme",
      () => difference(before, after),
      () => apps.setDocs(options.name, version, after),
    );
}

async function change(
  { options, changes, report }: Deployment,
  what: string,
  toLines: () => readonly string[],
  make: () => Promise<unknown>,
): Promise<void> {
  changes.push(what);
  report(options.isDryRun ? `would ${what}` : what);
  if (options.isDryRun) for (const line of toLines()) report(`  ${line}`);
  else await make();
}
