import { useEffect, useEffectEvent, useState } from "react";

/** How long somebody may pause while they type. */
const PAUSE_MS = 250;

/**
 * What is typed into a search box whose words stand in the page's address: shown at once, and looked for when the typing
 * pauses.
 * @param search what is looked for now; it also changes when somebody follows a link or goes back
 */
export function useTypedSearch(search: string, look: (search: string) => void) {
  const [typed, type] = useState(search);
  const [known, setKnown] = useState(search);
  if (known !== search) {
    setKnown(search);
    if (typed.trim() !== search) type(search);
  }
  const find = useEffectEvent(look);
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => find(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);
  return [typed, type] as const;
}
