import type { EventFilter } from "@sayso/triggers";
import type { ZObject } from "zapier-platform-core";
import type { DeclaredTrigger } from "../declared.ts";
import { readInput, type Values } from "../input.ts";

/** The events that a Zap wants: the chosen types of the trigger's, about the requests that the filter chooses. */
export interface WantedEvents {
  types: string[];
  filter: EventFilter;
}

/** Reads the choices of the person. An empty choice doesn't restrict. */
export function readWanted(z: ZObject, declared: DeclaredTrigger, inputData: Values): WantedEvents {
  type Chosen = EventFilter & { types?: string[] };
  const { types, ...filter } = readInput<Chosen>(z, declared.fields, inputData);
  return { types: types ?? declared.events, filter };
}
