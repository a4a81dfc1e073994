// Writes every generated file of the repository, and deletes those that nothing generates any more: `npm run generate`.
// With --check it writes nothing, and fails where a file would change.
import { fileURLToPath } from "node:url";
import { findFaults, formatAll, writeGenerated } from "./generated-files.ts";

const inWords = {
  missing: "missing",
  different: "stale or edited",
  orphaned: "not generated any more",
};

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await formatAll(root);

if (process.argv.includes("--check")) {
  const faults = await findFaults(root, files);
  for (const fault of faults) console.error(`${fault.path} is ${inWords[fault.kind]}`);
  if (faults.length > 0) {
    console.error("Run: npm run generate");
    process.exitCode = 1;
  }
} else {
  for (const fault of await writeGenerated(root, files))
    console.log(`${fault.kind === "orphaned" ? "deleted" : "wrote"} ${fault.path}`);
}
