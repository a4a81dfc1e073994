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
  /** What this box has begun to look for; typing goes on until it is there. */
  const [sought, seek] = useState<string | null>(null);
  if (known !== search) {
    setKnown(search);
    seek(null);
    if (search !== sought && typed.trim() !== search) type(search);
  }
  const find = useEffectEvent(() => {
    seek(typed.trim());
    look(typed.trim());
  });
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(find, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);
  return [typed, type] as const;
}
