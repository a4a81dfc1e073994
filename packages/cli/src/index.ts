export { ApiError, describeError } from "./api.ts";
export { addAskVerb } from "./ask.ts";
export { createProgram, printError, runProgram } from "./program.ts";
export { addRequestVerbs } from "./request.ts";
export { addVerb, print, type OutputOptions } from "./verb.ts";
