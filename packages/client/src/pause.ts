/**
 * Resolves after so many seconds.
 *
 * @throws the signal's reason when it aborts
 */
export function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The wait before attempt `attempt` + 1: half a second, doubling up to 8 s, each between half of it and all of it. */
export const backoffSeconds = (attempt: number): number =>
  Math.min(8, 0.5 * 2 ** attempt) * (0.5 + Math.random() / 2);
