import { useEffect, useState } from "react";

/**
 * Time for which a request must be in sight before it can be decided, in milliseconds. It is longer than the pause of a
 * hand that goes on clicking where the previous request had its button.
 */
const IN_SIGHT_MS = 1200;

/**
 * Time for which a question must be in sight before it can be answered, in milliseconds: longer than a double click.
 */
export const QUESTION_MS = 700;

/**
 * Whether a content has been in sight for long enough, without a break. Time during which another tab is shown doesn't
 * count.
 *
 * @param content the content in sight; null: nothing that could be decided
 */
export function useInSight(content: string | null, milliseconds = IN_SIGHT_MS): boolean {
  const [seen, setSeen] = useState<string | null>(null);
  useEffect(() => {
    setSeen(null);
    if (content === null) return undefined;
    let timer: number | undefined;
    const start = () => {
      clearTimeout(timer);
      if (!document.hidden) timer = window.setTimeout(() => setSeen(content), milliseconds);
    };
    start();
    document.addEventListener("visibilitychange", start);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", start);
    };
  }, [content, milliseconds]);
  return content !== null && seen === content;
}
