import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export type ComponentKind = "connection" | "webhook" | "module" | "rpc";

/** A component, as makecomapp.json describes it. */
export interface ComponentManifest {
  label: string;
  description?: string;
  connection?: string | null;
  altConnection?: string | null;
  webhook?: string | null;
  connectionType?: string;
  webhookType?: string;
  moduleType?: string;
  actionCrud?: string | null;
  /** Maps Make's name for a piece of code to its file, relative to the folder of the manifest. */
  codeFiles: Record<string, string>;
}

/** The parts of makecomapp.json that this project uses. */
export interface Manifest {
  generalCodeFiles: Record<"base" | "common" | "groups" | "readme", string>;
  components: Record<ComponentKind, Record<string, ComponentManifest>>;
}

/** The app with the text of every file that its manifest names. */
export interface App {
  /** The folder that holds makecomapp.json. */
  folder: string;
  manifest: Manifest;
  /** The texts by the path that the manifest gives. */
  files: Map<string, string>;
}

/** The folder of the app that `npm run generate` writes. */
const appFolder = fileURLToPath(new URL("../app/", import.meta.url));

/** Reads the manifest, to which `npm run generate` gives this form. */
const parseManifest = (text: string): Manifest => JSON.parse(text) as Manifest;

/** @throws Error for a file that isn't there */
export async function readApp(folder = appFolder): Promise<App> {
  const read = (file: string) => readFile(path.join(folder, file), "utf8");
  const manifest = parseManifest(await read("makecomapp.json"));
  const named = [
    ...Object.values(manifest.generalCodeFiles),
    ...Object.values(manifest.components).flatMap((components) =>
      Object.values(components).flatMap(({ codeFiles }) => Object.values(codeFiles)),
    ),
  ];
  const texts = await Promise.all(named.map(async (file) => [file, await read(file)] as const));
  return { folder, manifest, files: new Map(texts) };
}
