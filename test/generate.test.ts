import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { allSurfaces, approvalsSurface } from "@sayso/catalogue";
import { renderAll } from "@sayso/renderers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
/* eslint-disable import-x/no-relative-packages -- the root folder is no package to import. */
import {
  findFaults,
  formatAll,
  formatGenerated,
  notice,
  writeGenerated,
} from "../scripts/generated-files.ts";
/* eslint-enable import-x/no-relative-packages */

const repository = fileURLToPath(new URL("../", import.meta.url));
const files = await formatAll(repository);
const render = (surfaces = allSurfaces) => renderAll(surfaces, { version: "0.1.0" });
const rendered = render();

describe("the files of the repository", () => {
  test("are what the generator makes of it", async () => {
    expect(await findFaults(repository, files)).toEqual([]);
  });

  test("come out the same byte for byte, however often they are made", () => {
    expect([...render()]).toEqual([...rendered]);
  });

  test("say in their first lines that they are generated", () => {
    expect(files.size).toBeGreaterThan(3);
    for (const [file, text] of files) {
      // Make reads the files of its app unchanged, so they have no notice. The whole folder there is generated.
      if (file.startsWith("packages/make-sayso/app/")) continue;
      expect(text.split("\n").slice(0, 2).join()).toContain(notice);
    }
  });

  test("of a kind that can't say so are not made", async () => {
    const odd = new Map([["docs/reference/picture.png", ""]]);
    await expect(formatGenerated(repository, odd)).rejects.toThrow("picture.png");
  });
});

describe("the check", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "sayso-generate-"));
    await writeGenerated(root, files);
  });
  afterEach(() => rm(root, { recursive: true }));

  const at = (file: string) => path.join(root, file);
  const reference = "docs/reference/approvals-api.md";
  const types = "packages/client/src/types.generated.ts";
  const put = async (file: string, text: string) => {
    await mkdir(path.dirname(at(file)), { recursive: true });
    await writeFile(at(file), text);
  };

  test("finds nothing right after generating", async () => {
    expect(await findFaults(root, files)).toEqual([]);
    expect(await writeGenerated(root, files)).toEqual([]);
  });

  test("finds a file that was edited, by as little as a space", async () => {
    await put(reference, `${await readFile(at(reference), "utf8")} `);
    expect(await findFaults(root, files)).toEqual([{ path: reference, kind: "different" }]);
  });

  test("finds a file that is older than what it is made from", async () => {
    const { createTeam: _, ...operations } = approvalsSurface.operations;
    const surfaces = allSurfaces.map((surface) =>
      surface === approvalsSurface ? { ...surface, operations } : surface,
    );
    const differing = [...render(surfaces)].filter(([file, text]) => rendered.get(file) !== text);
    const older = await formatGenerated(repository, new Map(differing));
    await writeGenerated(root, new Map([...files, ...older]));
    const faults = await findFaults(root, files);
    expect(faults).toContainEqual({ path: types, kind: "different" });
    expect(faults).toContainEqual({ path: reference, kind: "different" });
  });

  test("finds a file that is missing", async () => {
    await rm(at(types));
    expect(await findFaults(root, files)).toEqual([{ path: types, kind: "missing" }]);
  });

  test.each([
    ["in a folder where everything is generated", "docs/reference/old.md", "# Old"],
    ["by its name", "packages/old/src/fields.generated.ts", "export {};"],
    ["by its first line, also under another name", "packages/old/copy.ts", `// ${notice}\n`],
  ])("finds a file that nothing makes any more, %s", async (_, file, text) => {
    await put(file, text);
    expect(await findFaults(root, files)).toEqual([{ path: file, kind: "orphaned" }]);
  });

  test("leaves alone what only speaks of generated files, and what is installed or built", async () => {
    await put("docs/guide.md", `# Guide\n\nFiles that begin with ${notice}\n`);
    await put("packages/old/node_modules/x/a.generated.ts", "");
    await put("packages/old/dist/a.generated.ts", "");
    expect(await findFaults(root, files)).toEqual([]);
  });

  test("is content again once everything was generated anew, orphans gone", async () => {
    await put("docs/reference/old.md", "# Old");
    await rm(at(types));
    await put(reference, "");
    await cp(at(reference), at("packages/mine.md"));
    expect((await writeGenerated(root, files)).map(({ kind }) => kind).sort()).toEqual([
      "different",
      "missing",
      "orphaned",
    ]);
    expect(await findFaults(root, files)).toEqual([]);
    await expect(readFile(at("docs/reference/old.md"))).rejects.toThrow("ENOENT");
    expect(await readFile(at("packages/mine.md"), "utf8")).toBe("");
  });
});
