import { must } from "@sayso/must";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("runs where there is neither Node nor a browser: the bundle has no import, timer, process or fetch", async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL("./index.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "neutral",
    treeShaking: true,
    write: false,
  });
  const code = must(outputFiles[0]).text;
  expect(code).toContain("function settle(");
  // The words that n8n's rules forbid, and those that would tie the bundle to one platform.
  const foreign =
    /\b(import|require|process|globalThis|global|setTimeout|setInterval|setImmediate|clearTimeout|__dirname|__filename|Buffer|fetch|Date\.now|Math\.random)\b(?!:)/g;
  expect(
    [...code.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "").matchAll(foreign)].map((m) => m[0]),
  ).toEqual([]);
  expect(code.length).toBeLessThan(40_000);
});
