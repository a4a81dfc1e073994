import { createContext, useContext, useEffect, useMemo, useState } from "react";

/** Counts what a request's page leaves out or folds. */
interface Unread {
  /** Something more is out of sight; the returned function says that it is in sight, or gone. */
  add: () => () => void;
}

const UnreadContext = createContext<Unread | null>(null);
export const UnreadProvider = UnreadContext.Provider;

/** Whether anything within is out of sight, and what to give to {@link UnreadProvider}. */
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

/** Says that this component keeps something out of sight: what is asked can't be approved before it was opened. */
export function useUnread(isOutOfSight: boolean): void {
  const unread = useContext(UnreadContext);
  useEffect(() => (isOutOfSight ? unread?.add() : undefined), [unread, isOutOfSight]);
}
