import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/**
 * Makes a folder for one build, beside the folder in which its files will stand, so that each of them gets there by a
 * rename. Its name belongs to this process alone, also where processes of several containers share the disk.
 */
export const makeFolderBeside = (target: string): string =>
  mkdtempSync(join(dirname(target), `${basename(target)}.`));

/**
 * Moves all files of `fresh` into `target`, removes every other file there, and removes `fresh`. Any number of processes
 * can do this at once with builds of the same sources. Each file is replaced as a whole, so a server that runs from
 * `target`, or starts meanwhile, never finds a file half-written or missing.
 *
 * @param last the files to move last, in this order: those that refer to others, or say that everything is there
 */
export function placeFolder(fresh: string, target: string, last: readonly string[] = []): void {
  const names = listFiles(fresh);
  const place = (name: string) => last.indexOf(name);
  for (const name of names.toSorted((a, b) => place(a) - place(b))) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    renameSync(join(fresh, name), join(target, name));
  }
  const wanted = new Set(names);
  for (const name of listFiles(target))
    if (!wanted.has(name)) rmSync(join(target, name), { force: true });
  rmSync(fresh, { recursive: true, force: true });
}

/** Lists the files of a folder and of all folders in it, as paths in it. */
export const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
