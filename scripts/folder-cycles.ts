import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** An import of one source file by another. Both are paths below the folder that was read. */
interface FileImport {
  from: string;
  to: string;
}

/**
 * Finds folders that import each other, directly or in a longer ring. Type imports count.
 *
 * At each level of the tree, a subfolder represents all files below it, and the files beside the subfolders count as
 * one part. At the top, each file counts by itself. So if nothing is found, no two folders anywhere below import each
 * other. Tests are left out, and so is every `index.ts`, because it imports nothing for itself.
 *
 * @param root an absolute path
 * @returns for each level the shortest ring, as the imports that form it: `a/x.ts → b/y.ts`
 */
export function findFolderCycles(root: string): string[][] {
  const levels = new Map<string, Map<string, Map<string, FileImport>>>();
  for (const found of readImports(root)) {
    const [level, from, to] = placeOf(found);
    if (from === to) continue;
    const graph = levels.get(level) ?? new Map<string, Map<string, FileImport>>();
    const arrows = graph.get(from) ?? new Map<string, FileImport>();
    if (!arrows.has(to)) arrows.set(to, found);
    levels.set(level, graph.set(from, arrows));
  }
  return [...levels.values()].flatMap((graph) => {
    const ring = shortestRing(graph);
    return ring ? [ring.map(({ from, to }) => `${from} → ${to}`)] : [];
  });
}

function readImports(root: string): FileImport[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/(\.test\.tsx?|(^|\/)index\.ts)$/.test(file))
    .flatMap((from) =>
      [...readFileSync(join(root, from), "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
        .map(([, path = ""]) => ({ from, to: normalize(join(dirname(from), path)) }))
        .filter(({ to }) => !to.startsWith("..")),
    );
}

/** Returns the lowest folder that holds both files, and the part of it that holds each of them. */
function placeOf({ from, to }: FileImport): [level: string, from: string, to: string] {
  const [one, other] = [from.split("/"), to.split("/")];
  let depth = 0;
  while (depth < Math.min(one.length, other.length) - 1 && one[depth] === other[depth]) depth++;
  const part = (path: string[]) =>
    path.length - 1 === depth && depth > 0 ? "" : (path[depth] ?? "");
  return [one.slice(0, depth).join("/"), part(one), part(other)];
}

function shortestRing(graph: ReadonlyMap<string, ReadonlyMap<string, FileImport>>) {
  return [...graph.keys()]
    .map((start) => ringFrom(graph, start))
    .filter((ring) => ring !== null)
    .sort((a, b) => a.length - b.length)[0];
}

/** Finds the shortest way from a part back to itself, breadth first. */
function ringFrom(
  graph: ReadonlyMap<string, ReadonlyMap<string, FileImport>>,
  start: string,
): FileImport[] | null {
  const seen = new Set<string>();
  let ways: { at: string; way: FileImport[] }[] = [{ at: start, way: [] }];
  while (ways.length > 0) {
    const further = ways.flatMap(({ at, way }) =>
      [...(graph.get(at) ?? [])].map(([to, found]) => ({ at: to, way: [...way, found] })),
    );
    const back = further.find(({ at }) => at === start);
    if (back) return back.way;
    ways = further.filter(({ at }) => !seen.has(at) && seen.add(at));
  }
  return null;
}
