/** The state of the written text. */
export type AutosaveState =
  | { is: "clean" }
  | { is: "unsaved" }
  | { is: "saving" }
  | { is: "saved"; at: Date }
  | { is: "failed"; error: unknown };

/** Saves a text shortly after the last keystroke. One save runs at a time, and the newest text is saved last. */
export interface Autosave<Value> {
  change: (value: Value) => void;
  /** Saves unsaved text at once. @throws every error of saving */
  flush: () => Promise<void>;
  state: () => AutosaveState;
  /** @returns a function that ends the subscription */
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
        // The next keystroke tries the failed text again, unless there is a newer one.
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
