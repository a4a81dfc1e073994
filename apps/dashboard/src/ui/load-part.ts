/** The time after which a part is loaded ahead, in milliseconds: the page that somebody waits for comes first. */
const AHEAD_MS = 3000;

/**
 * Returns a function that loads a part of the dashboard's code. The part is also loaded ahead, soon after the code that
 * can need it, so that it is there without a connection. If it isn't, it waits for one: a part that can't be loaded would
 * take down the page with what somebody typed on it.
 */
export function laterPart<Part>(load: () => Promise<Part>): () => Promise<Part> {
  setTimeout(() => {
    if (navigator.onLine) void load().catch(() => undefined);
  }, AHEAD_MS);
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch (error) {
        if (navigator.onLine) throw error;
        await new Promise((back) => addEventListener("online", back, { once: true }));
      }
    }
  };
}
