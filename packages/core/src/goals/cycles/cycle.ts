import { cycleValues } from "@sayso/fields";
import { DomainError, invalidInput } from "../../errors.ts";
import { field, type ValuesOf } from "../fields.ts";

export const cycleFields = {
  name: field("name", cycleValues.name),
  startsOn: field("starts_on", cycleValues.starts_on),
  endsOn: field("ends_on", cycleValues.ends_on),
};
export type CycleValues = ValuesOf<typeof cycleFields>;

/** A period for which objectives are set. It includes its last day. Days are UTC. */
export interface Cycle extends CycleValues {
  id: string;
  createdAt: Date;
}

/** The select list of a {@link Cycle}. */
export const cycleColumns = `id, name, starts_on::text as "startsOn", ends_on::text as "endsOn", created_at as "createdAt"`;

/** @throws DomainError `validation_failed`: the cycle ends before it starts */
export function requireOrder({ startsOn, endsOn }: Pick<CycleValues, "startsOn" | "endsOn">): void {
  if (endsOn < startsOn)
    throw invalidInput({ field: "ends_on", message: "ends_on must not lie before starts_on" });
}

/** The number of cycles, and of review cycles, that an organization can have. */
export const CYCLES_MAX = 500;

/** @throws DomainError `conflict`: there are `CYCLES_MAX` already */
export function refuseMoreThan(count: number, what: string): void {
  if (count >= CYCLES_MAX)
    throw new DomainError("conflict", `There are ${CYCLES_MAX} ${what} already`);
}
