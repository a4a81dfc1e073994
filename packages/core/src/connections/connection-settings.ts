import { asLine, connectionSettings } from "@sayso/fields";
import type { ApproversNeeded } from "../actors/actor.ts";
import type { Priority } from "../priority.ts";
import { checkFields } from "../read-field.ts";

/** The settings of a connection that an admin sets. */
export interface ConnectionSettings {
  name: string;
  isActive: boolean;
  /** Whether its keys see every request, where other connections see only their own (`requestVisibility`). */
  canReadAll: boolean;
  rateLimitPerHour: number;
  /** null: any */
  allowedActionTypes: string[] | null;
  maxPriority: Priority | null;
  defaultTitle: string | null;
  defaultPriority: Priority | null;
  defaultDescription: string | null;
  approversNeeded: ApproversNeeded;
}

/** The settings that only the connection's owner can switch on, in person. */
export interface DecidingSettings {
  /** Whether its votes count, as votes of the person who owns it. */
  canDecide: boolean;
  /** Whether it also decides what was asked through it. Only with `canDecide`. */
  canDecideOwn: boolean;
}

/**
 * Returns the settings that are present, as they are stored: the name and the default title on one line.
 *
 * @throws DomainError `validation_failed`, which names every faulty setting
 */
export function readConnectionSettings<Of extends Partial<ConnectionSettings>>(settings: Of): Of {
  checkFields(connectionSettings, {
    name: settings.name,
    is_active: settings.isActive,
    can_read_all: settings.canReadAll,
    rate_limit_per_hour: settings.rateLimitPerHour,
    allowed_action_types: settings.allowedActionTypes,
    max_priority: settings.maxPriority,
    default_title: settings.defaultTitle,
    default_priority: settings.defaultPriority,
    default_description: settings.defaultDescription,
    approvers_needed: settings.approversNeeded,
  });
  const { name, defaultTitle } = settings;
  return {
    ...settings,
    ...(name !== undefined && { name: asLine(name) }),
    ...(typeof defaultTitle === "string" && { defaultTitle: asLine(defaultTitle) }),
  };
}
