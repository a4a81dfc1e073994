/**
 * Resolves after so many seconds.
 *
 * @throws the signal's reason when it aborts
 */
export async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
  });
  signal?.throwIfAborted();
}

/** The wait before attempt `attempt` + 1: half a second, doubling up to 8 s, each between half of it and all of it. */
export const backoffSeconds = (attempt: number): number =>
  Math.min(8, 0.5 * 2 ** attempt) * (0.5 + Math.random() / 2);
