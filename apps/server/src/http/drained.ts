import type { Response } from "express";

/**
 * Resolves when the caller has read the written bytes, or is gone. Cuts off a caller that reads nothing for
 * `patienceMs`.
 */
export function drained(response: Response, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (!response.writableNeedDrain || response.destroyed) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(impatient);
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    const impatient = setTimeout(() => {
      response.destroy();
      done();
    }, patienceMs);
    response.on("drain", done);
    response.on("close", done);
  });
}
