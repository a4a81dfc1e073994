import type { EventFilter } from "@sayso/triggers";
import type { ZObject } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { readInput, type Values } from "../input.ts";

/** Which events a Zap wants: those that were chosen among the trigger's, of the requests that were chosen. */
export interface WantedEvents {
  types: string[];
  filter: EventFilter;
}

/** Reads what people chose. Nothing chosen restricts nothing. */
export function readWanted(z: ZObject, declared: DeclaredTrigger, inputData: Values): WantedEvents {
  const { types, ...filter } = readInput(z, declared.fields, inputData);
  return { types: (types as string[] | undefined) ?? declared.events, filter };
}
