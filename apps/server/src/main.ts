// The bundle's entry: `node dist/sayso.js serve`.
import { runCommandLine } from "./cli/program.ts";

await runCommandLine(process.argv.slice(2));
