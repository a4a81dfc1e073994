import { readFile } from "node:fs/promises";
import type { Connected } from "./connect.ts";
import type { MakeEngine } from "./engine.ts";
import { fillIn, type Scope } from "./evaluate.ts";
import { MakeError } from "./make-error.ts";
import { toText } from "./values.ts";

/**
 * A scenario as Make exports and imports it, limited to the parts that ours use (help.make.com/scenario-blueprints).
 */
export interface Blueprint {
  name: string;
  flow: BlueprintModule[];
}

interface BlueprintModule {
  id: number;
  /** `app#name:module` for a custom app, `name:module` for Make's own. */
  module: string;
  mapper: Record<string, unknown>;
  filter?: { name: string; conditions: Condition[][] };
}

/**
 * A condition of a filter. The filter passes if all conditions of any of its lists are true (help.make.com/filtering).
 */
interface Condition {
  a: string;
  o: string;
  b?: string;
}

/** Reads a blueprint. @param file of a blueprint */
export const readBlueprint = async (file: string): Promise<Blueprint> =>
  JSON.parse(await readFile(file, "utf8")) as Blueprint;

/** The environment in which a scenario runs. */
export interface Surroundings {
  engine: MakeEngine;
  connection: Connected;
  /** Make's data store, which keeps values by key between runs. */
  store: Map<string, unknown>;
  /** The address that calls of Make's HTTP module reach in place of the one in the blueprint. */
  http: string;
}

/** A scenario that was imported and switched on. */
export interface Scenario {
  /**
   * Runs the scenario for one bundle of its trigger, module by module. A filter that doesn't pass ends the run.
   *
   * @returns the ids of the modules that ran, the trigger's first
   * @throws MakeError of the module that failed
   */
  run: (bundle: unknown) => Promise<number[]>;
}

/** Creates a scenario. The first module of its flow is the trigger, whose bundles come from outside. */
export function createScenario(blueprint: Blueprint, surroundings: Surroundings): Scenario {
  const [trigger, ...rest] = blueprint.flow;
  if (!trigger) throw new TypeError(`${blueprint.name} has no modules`);
  return {
    async run(bundle) {
      const scope: Record<string, unknown> = { [trigger.id]: bundle };
      const ran = [trigger.id];
      for (const module of rest) {
        if (module.filter && !passes(module.filter.conditions, scope)) break;
        scope[module.id] = await runModule(module, scope, surroundings);
        ran.push(module.id);
      }
      return ran;
    },
  };
}

/** Runs a module that returns one bundle. */
async function runModule(
  { module, mapper }: BlueprintModule,
  scope: Scope,
  { engine, connection, store, http }: Surroundings,
): Promise<unknown> {
  const mapped = fillIn(mapper, scope) as Record<string, unknown>;
  const [app, name = ""] = module.split(":");
  if (app?.startsWith("app#"))
    return (await engine.run(name, { connection, parameters: mapped }))[0];
  const key = toText(mapped.key);
  switch (module) {
    case "datastore:ExistRecord":
      return { exist: store.has(key) };
    case "datastore:AddRecord":
      if (store.has(key) && mapped.overwrite !== true)
        throw new MakeError("DuplicateDataError", `The record ${key} is there already`);
      store.set(key, mapped.data);
      return { key };
    case "http:MakeRequest": {
      const answer = await fetch(http, {
        method: toText(mapped.method).toUpperCase(),
        headers: { "Content-Type": "application/json" },
        body: toText(mapped.jsonStringBodyContent),
      });
      return { statusCode: answer.status };
    }
    default:
      throw new TypeError(`The interpreter doesn't know the module ${module}`);
  }
}

const passes = (conditions: readonly Condition[][], scope: Scope): boolean =>
  conditions.some((all) => all.every((condition) => isMet(condition, scope)));

function isMet({ a, o, b = "" }: Condition, scope: Scope): boolean {
  const left = fillIn(a, scope);
  switch (o) {
    case "exist":
      return toText(left) !== "";
    case "text:equal":
    case "boolean:equal":
      return toText(left) === toText(fillIn(b, scope));
    default:
      throw new TypeError(`The interpreter doesn't know the operator ${o}`);
  }
}
