/**
 * Simulates Make in the tests: an engine that runs the app's code ({@link MakeEngine}), and a scenario around it.
 * docs/guides/make.md lists the facts that it can't show.
 */
export { type Browser, type Connected } from "./connect.ts";
export { makeAppFolder, type Hook, type MakeEngine } from "./engine.ts";
export { createInterpreter } from "./interpreter.ts";
export { MakeError } from "./make-error.ts";
export { type TriggerState } from "./poll.ts";
export { readMakeApp, type MakeApp } from "./read-app.ts";
export { createScenario, readBlueprint, type Blueprint, type Scenario } from "./scenario.ts";
export { openHookHost, type HookHost } from "./hook-host.ts";
