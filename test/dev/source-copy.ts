import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFolder } from "@sayso/testkit";

const root = fileURLToPath(new URL("../../", import.meta.url));
const notSource = new Set(["dist", "data", ".vite", ".bin", ".cache", ".pnpm"]);

/** A copy of the sources, which a test can change freely. */
export interface SourceCopy {
  path: string;
  /** Replaces this text, which occurs once in the file. */
  replace(file: string, from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

/** Copies the sources of the server and the dashboard. The npm packages are links to those of the working tree. */
export async function copySources(): Promise<SourceCopy> {
  const { path: made, remove } = await createFolder();
  const path = await realpath(made);
  for (const name of await readdir(root)) {
    if (["apps", "packages", "scripts"].includes(name) || /\.(json|yaml)$/.test(name))
      await copy(join(root, name), join(path, name));
  }
  await mkdir(join(path, "node_modules"));
  await copy(join(root, "node_modules"), join(path, "node_modules"));
  await symlink(join(root, "node_modules/.pnpm"), join(path, "node_modules/.pnpm"));
  return {
    path,
    async replace(file, from, to) {
      const text = await readFile(join(path, file), "utf8");
      if (text.split(from).length !== 2) throw new Error(`${file} does not hold "${from}" once`);
      await writeFile(join(path, file), text.replace(from, to));
    },
    remove,
  };
}

/** Keeps links as links, so that links between packages lead into the copy. */
const copy = (from: string, to: string): Promise<void> =>
  cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !notSource.has(basename(file)),
  });
