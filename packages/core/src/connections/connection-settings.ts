import { priorities, type Priority } from "../priority.ts";
import { invalidInput, type FieldFault } from "../errors.ts";

/** The settings of a connection that an admin sets. */
export interface ConnectionSettings {
  /** 1–200 characters. */
  name: string;
  isActive: boolean;
  /** Whether its keys see every request, where other connections see only their own (`requestVisibility`). */
  canReadAll: boolean;
  /** 1–10,000 */
  rateLimitPerHour: number;
  /** 1–100 types; null: any */
  allowedActionTypes: string[] | null;
  maxPriority: Priority | null;
  defaultPriority: Priority | null;
  /** At most 5,000 characters. */
  defaultDescription: string | null;
}

type Check = (value: never) => string | false;

const isPriority = (value: unknown): boolean =>
  value === null || priorities.includes(value as Priority);
const onePriority = `must be one of ${priorities.join(", ")}, or null`;

/** [field as callers name it, what is wrong with the value or false] */
const checks: Record<keyof ConnectionSettings, [field: string, check: Check]> = {
  name: [
    "name",
    (v: string) => (v.trim() === "" || v.length > 200) && "must have 1 to 200 characters",
  ],
  isActive: ["is_active", () => false],
  canReadAll: ["can_read_all", () => false],
  rateLimitPerHour: [
    "rate_limit_per_hour",
    (v: number) =>
      (!Number.isInteger(v) || v < 1 || v > 10_000) && "must be a whole number from 1 to 10000",
  ],
  allowedActionTypes: [
    "allowed_action_types",
    (v: string[] | null) =>
      v !== null &&
      (v.length < 1 || v.length > 100 || v.some((type) => type === "" || type.length > 200)) &&
      "must be 1 to 100 action types of 1 to 200 characters, or null for any",
  ],
  maxPriority: ["max_priority", (v: unknown) => !isPriority(v) && onePriority],
  defaultPriority: ["default_priority", (v: unknown) => !isPriority(v) && onePriority],
  defaultDescription: [
    "default_description",
    (v: string | null) => (v?.length ?? 0) > 5000 && "must have at most 5000 characters",
  ],
};

/** The settings that only the connection's owner can switch on, in person. */
export interface DecidingSettings {
  /** Whether its votes count, as votes of the person who owns it. */
  canDecide: boolean;
  /** Whether it also decides what was asked through it. Only with `canDecide`. */
  canDecideOwn: boolean;
}

/**
 * Checks the settings that are present.
 *
 * @throws DomainError `validation_failed`, which names every faulty setting
 */
export function checkConnectionSettings(settings: Partial<ConnectionSettings>): void {
  const [first, ...others] = Object.entries(checks).flatMap(
    ([key, [field, check]]): FieldFault[] => {
      const value = settings[key as keyof ConnectionSettings];
      const fault = value !== undefined && check(value as never);
      return fault ? [{ field, message: `${field} ${fault}` }] : [];
    },
  );
  if (first) throw invalidInput(first, ...others);
}
