/** A cache that answers from memory while an answer is younger than the limit, and from the source otherwise. */
export interface CredentialCache<T> {
  /** @param load not called while a call for the same id is under way: both share one answer */
  get(id: string, load: () => Promise<T | null>): Promise<T | null>;
  /** The number of remembered answers. */
  readonly size: number;
}

interface Entry<T> {
  askedAt: number;
  answer: Promise<T | null>;
}

/**
 * Makes a cache of answers. Refusals are kept apart, so that a flood of made-up keys drives no real key out.
 *
 * An answer's age counts from the moment at which its lookup began, so that a revocation in the meantime is noticed in
 * time. A failed load is not remembered.
 *
 * @param maxAgeMs an answer's greatest age
 * @param limits.found, limits.refused the number of each that is kept; the oldest go first
 */
export function createCredentialCache<T>(
  maxAgeMs: number,
  limits: { found: number; refused: number },
): CredentialCache<T> {
  const found = new Map<string, Entry<T>>();
  const refused = new Map<string, Entry<T>>();
  const loading = new Map<string, Entry<T>>();
  const isFresh = (entry: Entry<T> | undefined, now: number): entry is Entry<T> =>
    entry !== undefined && now - entry.askedAt < maxAgeMs;

  const remember = (
    kept: Map<string, Entry<T>>,
    limit: number,
    id: string,
    entry: Entry<T>,
  ): void => {
    // Deleted first, so that the map's order is the order of age.
    kept.delete(id);
    kept.set(id, entry);
    const oldest = kept.size > limit ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
  };

  const ask = async (
    id: string,
    load: () => Promise<T | null>,
    askedAt: number,
  ): Promise<T | null> => {
    try {
      const value = await load();
      const entry = { askedAt, answer: Promise.resolve(value) };
      if (value === null) {
        found.delete(id);
        remember(refused, limits.refused, id, entry);
      } else {
        refused.delete(id);
        remember(found, limits.found, id, entry);
      }
      return value;
    } finally {
      loading.delete(id);
    }
  };

  return {
    get size() {
      return found.size + refused.size;
    },
    get(id, load) {
      const now = performance.now();
      const known = [found.get(id), refused.get(id), loading.get(id)].find((entry) =>
        isFresh(entry, now),
      );
      if (known) return known.answer;
      const entry = { askedAt: now, answer: ask(id, load, now) };
      loading.set(id, entry);
      return entry.answer;
    },
  };
}
