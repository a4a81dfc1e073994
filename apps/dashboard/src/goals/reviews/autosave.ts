/** How what was written stands. */
export type AutosaveState =
  | { is: "clean" }
  | { is: "unsaved" }
  | { is: "saving" }
  | { is: "saved"; at: Date }
  | { is: "failed"; error: unknown };

/** Saves what is written a moment after the last stroke, one save at a time, the newest last. */
export interface Autosave<Value> {
  change: (value: Value) => void;
  /** Saves at once what is not saved yet. @throws what saving throws */
  flush: () => Promise<void>;
  state: () => AutosaveState;
  /** @returns stops it */
  subscribe: (listener: () => void) => () => void;
}

const PAUSE_MS = 1200;

export function createAutosave<Value>(
  save: (value: Value) => Promise<unknown>,
  pauseMs: number = PAUSE_MS,
): Autosave<Value> {
  let waiting: { value: Value } | undefined;
  let running: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: AutosaveState = { is: "clean" };
  const listeners = new Set<() => void>();
  const become = (next: AutosaveState) => {
    state = next;
    for (const listener of listeners) listener();
  };

  const saveAll = async () => {
    while (waiting) {
      const taken = waiting;
      waiting = undefined;
      become({ is: "saving" });
      try {
        await save(taken.value);
      } catch (error) {
        // What failed is tried again with the next stroke, unless there is newer.
        waiting ??= taken;
        become({ is: "failed", error });
        throw error;
      }
    }
    become({ is: "saved", at: new Date() });
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    if (!running && !waiting) return Promise.resolve();
    running ??= saveAll().finally(() => (running = undefined));
    return running;
  };

  return {
    change(value) {
      waiting = { value };
      if (!running) become({ is: "unsaved" });
      clearTimeout(timer);
      timer = setTimeout(() => void flush().catch(() => undefined), pauseMs);
    },
    flush,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
