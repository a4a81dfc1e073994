import type { z } from "zod";
import type { FieldHint, Platform } from "./operation.ts";
import type { Scope } from "./scopes.ts";

/** A kind of event that can start an automation. It is declared once, and polled for or subscribed to. */
export interface Trigger<Item extends z.ZodType = z.ZodType> {
  /** `resource.happened`, in the past tense; unique in its surface. */
  key: string;
  /** The types of the events on which it fires. Where there are several, people choose among them. */
  events: readonly [string, ...string[]];
  scope: Scope;
  /** Title Case, for menus. */
  label: string;
  /** One sentence: `Triggers when … .` */
  description: string;
  /** The fields that narrow the trigger: those of a subscription's filter. */
  filter?: z.ZodObject;
  fields?: Record<string, FieldHint>;
  /** The item that an automation receives, by poll and by webhook alike. */
  item: Item;
  platforms: readonly Platform[];
  /** An item that the schema accepts. */
  example: z.input<Item>;
}

/** Declares a trigger and keeps its exact types. */
export function defineTrigger<Item extends z.ZodType>(trigger: Trigger<Item>): Trigger<Item> {
  return trigger;
}

/** A trigger, whatever its item. */
export type AnyTrigger = Trigger;
