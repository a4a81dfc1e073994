/** Work that repeats until it is stopped. */
export interface Loop {
  /**
   * Begins the next round at once, or right after the current one. Several calls during a round make one more round.
   */
  wake: () => void;
  /** Resolves when the current round has ended. No other begins. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** Runs one round, and returns the milliseconds until the next is due. Its errors go to `onError`. */
  round: () => Promise<number>;
  onError: (error: unknown) => void;
  /** The pause after a failed round, in milliseconds. */
  afterErrorMs: number;
  /** The least time from the beginning of one round to the next, in milliseconds, also after `wake`. */
  apartMs: number;
}

/** Runs rounds one after the other. Pauses are measured by the monotonic clock. */
export function startLoop({ round, onError, afterErrorMs, apartMs }: LoopOptions): Loop {
  let isStopped = false;
  let isWoken = false;
  let endPause: (() => void) | null = null;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!isStopped) {
      isWoken = false;
      const beganAt = performance.now();
      const dueInMs = await round().catch((error: unknown) => {
        onError(error);
        return afterErrorMs;
      });
      if (!isWoken && !isStopped && dueInMs > 0) await pause(dueInMs);
      endPause = null;
      const restMs = apartMs - (performance.now() - beganAt);
      if (restMs > 0 && !isStopped) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  };
  const done = run();

  return {
    wake() {
      isWoken = true;
      endPause?.();
    },
    stop() {
      isStopped = true;
      endPause?.();
      return done;
    },
  };
}
