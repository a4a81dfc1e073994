import { DomainError, type FieldFault } from "../../errors.ts";

/** The number of faults that are reported at once. */
const FAULTS_MAX = 20;

/** A collector that lets an import go on after a faulty row, so that one error reports all faults of a table. */
export interface FaultCollector {
  /**
   * Runs the work and returns its result. If it throws `validation_failed`, collects the faults and returns undefined.
   * Any other error is thrown on.
   */
  within<T>(work: () => T | Promise<T>): Promise<T | undefined>;
  /** @throws DomainError `validation_failed`, which reports every collected fault, if there is any */
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
        faults.push(...(error.details?.fields ?? []));
        if (faults.length >= FAULTS_MAX) refuse();
        return undefined;
      }
    },
    refuse,
  };
}
