import { createContext, useContext, useEffect, useMemo, useState } from "react";

/** Counts the parts that a request's page leaves out or folds. */
interface Unread {
  /** Adds a part that is out of sight. The returned function removes it when it is in sight or gone. */
  add: () => () => void;
}

const UnreadContext = createContext<Unread | null>(null);
export const UnreadProvider = UnreadContext.Provider;

/** Returns whether anything within is out of sight, and the value for {@link UnreadProvider}. */
export function useUnreadCount(): [hasUnread: boolean, unread: Unread] {
  const [count, setCount] = useState(0);
  const unread = useMemo(
    () => ({
      add() {
        setCount((now) => now + 1);
        return () => setCount((now) => now - 1);
      },
    }),
    [],
  );
  return [count > 0, unread];
}

/**
 * Counts a part of this component as out of sight. The request can't be approved before somebody has opened the part.
 */
export function useUnread(isOutOfSight: boolean): void {
  const unread = useContext(UnreadContext);
  useEffect(() => (isOutOfSight ? unread?.add() : undefined), [unread, isOutOfSight]);
}
