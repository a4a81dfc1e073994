/**
 * One for all who ask in this process, and with it to its end. Whatever ends it before that, or keeps it from opening, who
 * asks next gets another.
 *
 * @param untilEnded resolves once it can't be used any more
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
