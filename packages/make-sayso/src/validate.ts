// npm run validate:make -- --schemas <folder>: checks the app against Make's own schemas in that folder.
import path from "node:path";
import { parseArgs } from "node:util";
import { readApp } from "./app-files.ts";
import { validateApp } from "./validate-app.ts";

const { values } = parseArgs({ options: { schemas: { type: "string" }, app: { type: "string" } } });
if (values.schemas === undefined) {
  console.error(
    "Usage: npm run validate:make -- --schemas <folder with Make's JSON schemas> [--app <folder>]",
  );
  process.exit(2);
}
const app = await readApp(values.app && path.resolve(values.app));
const { files, faults } = await validateApp(app, path.resolve(values.schemas));
for (const { file, at, message } of faults) console.error(`${file}${at}: ${message}`);
console.log(`${files} files, ${faults.length} errors`);
process.exitCode = faults.length > 0 ? 1 : 0;
