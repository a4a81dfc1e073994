import { DomainError, type FieldFault } from "../../errors.ts";

/** Faults that are told at once; whoever mends so many looks again. */
const FAULTS_MAX = 20;

/** Goes on after a faulty row, so that whoever mends a table reads of all of its faults together. */
export interface FaultCollector {
  /** What the work gives; undefined where it found a fault. Anything else that is thrown goes on. */
  within<T>(work: () => T | Promise<T>): Promise<T | undefined>;
  /** @throws DomainError `validation_failed` that tells of every fault that was collected, if there is any */
  refuse(): void;
}

export function collectFaults(): FaultCollector {
  const faults: FieldFault[] = [];
  const refuse = () => {
    if (faults.length === 0) return;
    const message = faults.map((fault) => fault.message).join("; ");
    throw new DomainError("validation_failed", message, { details: { fields: faults } });
  };
  return {
    async within(work) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "validation_failed") throw error;
        faults.push(...((error.details?.fields ?? []) as FieldFault[]));
        if (faults.length >= FAULTS_MAX) refuse();
        return undefined;
      }
    },
    refuse,
  };
}
