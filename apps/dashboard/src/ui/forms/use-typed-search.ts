import { useEffect, useEffectEvent, useState } from "react";

/** The pause in typing after which the search begins, in milliseconds. */
const PAUSE_MS = 250;

/**
 * Keeps the text of a search box whose search is in the page's address. The text is shown at once, and searched for
 * after a pause in typing, or at once with `find`.
 *
 * @param search the present search; it also changes when somebody follows a link or goes back
 */
export function useTypedSearch(search: string, look: (search: string) => void) {
  const [typed, type] = useState(search);
  const [known, setKnown] = useState(search);
  /** The text that this box has begun to search for. Typing can go on before the address has it. */
  const [sought, seek] = useState<string | null>(null);
  if (known !== search) {
    setKnown(search);
    seek(null);
    if (search !== sought && typed.trim() !== search) type(search);
  }
  const find = () => {
    if (typed.trim() === search) return;
    seek(typed.trim());
    look(typed.trim());
  };
  const findLater = useEffectEvent(find);
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(findLater, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);
  return [typed, type, find] as const;
}
