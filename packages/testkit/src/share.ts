/**
 * Returns a function that opens an object once per process and returns the same one to all callers, until the process
 * ends. When the object ends earlier, or can't be opened, the next caller gets a new one.
 *
 * @param untilEnded resolves once the object can't be used any more
 */
export function share<T>(
  open: () => Promise<T>,
  untilEnded: (opened: T) => Promise<unknown>,
): () => Promise<T> {
  let shared: Promise<T> | undefined;
  const forget = () => (shared = undefined);
  const openShared = async () => {
    try {
      const opened = await open();
      void untilEnded(opened).then(forget);
      return opened;
    } catch (error) {
      forget();
      throw error;
    }
  };
  return () => (shared ??= openShared());
}
