import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

/**
 * The largest number of type assertions (`value as Type`) in the sources. Each stands in a function that says why the
 * type holds. `as const` asserts nothing and is not counted.
 */
const ASSERTIONS_MAX = 40;

const root = fileURLToPath(new URL("../", import.meta.url));
const sources = globSync("{packages,apps}/*/{src,nodes,credentials}/**/*.{ts,tsx}", { cwd: root })
  .filter((file) => !/\.test\.ts$|\.generated\.|^packages\/(testkit|must)\//.test(file))
  .sort();

function placesOf(isWanted: (node: ts.Node) => boolean): string[] {
  return sources.flatMap((file) => {
    const source = ts.createSourceFile(
      file,
      readFileSync(root + file, "utf8"),
      ts.ScriptTarget.Latest,
    );
    const places: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isWanted(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.end);
        places.push(`${file}:${line + 1}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return places;
  });
}

test(`the sources assert a type in at most ${ASSERTIONS_MAX} places`, () => {
  const places = placesOf((node) => ts.isAsExpression(node) && !ts.isConstTypeReference(node.type));
  expect(places.length, places.join("\n")).toBeLessThanOrEqual(ASSERTIONS_MAX);
});

test("no source asserts with ! that a value is there", () => {
  expect(placesOf(ts.isNonNullExpression)).toEqual([]);
});
