import { readFile } from "node:fs/promises";
import { formatMessages, transform, type TransformFailure } from "esbuild";

/**
 * Reads TypeScript files as Node does: types are erased, not checked.
 *
 * @throws Error that shows each place that can't be read
 */
export async function refuseUnreadable(files: readonly string[]): Promise<void> {
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const source = await readFile(file, "utf8").catch(() => "");
    await transform(source, { loader: "ts", sourcefile: file }).catch(
      async ({ errors }: TransformFailure) => {
        throw new Error((await formatMessages(errors, { kind: "error" })).join("\n").trim());
      },
    );
  }
}
