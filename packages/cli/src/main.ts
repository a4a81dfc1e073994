// The published program: asks and decides on a Sayso server that runs elsewhere.
import packageJson from "../package.json" with { type: "json" };
import { ApiError, describeError } from "./api.ts";
import { addAskVerb } from "./ask.ts";
import { createProgram, printError, runProgram } from "./program.ts";
import { addRequestVerbs } from "./request.ts";

const program = createProgram(packageJson.version);
addAskVerb(program);
addRequestVerbs(program);
await runProgram(program, process.argv.slice(2), (error, asJson) => {
  const code = error instanceof ApiError ? error.code : "error";
  printError({ code, message: describeError(error) }, asJson);
});
