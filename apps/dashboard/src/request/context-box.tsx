import type { Approval } from "@sayso/client";
import { useEffect, useState } from "react";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import styles from "./context-box.module.css";
import { useUnread } from "./payload/unread.ts";

/**
 * What the caller wrote in HTML, in a box that says whose words these are. The server has reduced it to what can do nothing
 * before it was stored (core, context-html.ts), and the page's policy lets nothing run. Where it is wider than the box, it
 * is unread until somebody has scrolled to its edge.
 */
export function ContextBox({ approval }: { approval: Approval }) {
  const html = approval.context_html?.trim() ?? "";
  const [box, setBox] = useState<HTMLElement | null>(null);
  useUnread(useIsOffside(box, html));
  if (html === "") return null;
  const { context } = strings.request;
  return (
    <Card title={context.title} actions={<span className="hint">{context.from}</span>}>
      <div
        ref={setBox}
        className={styles.foreign}
        dir="auto"
        tabIndex={0}
        role="region"
        aria-label={context.title}
        dangerouslySetInnerHTML={{ __html: describeImages(html) }}
      />
    </Card>
  );
}

/** Pixels by which the edge may be missed. */
const SLACK = 4;

/** Whether some of it lies beside the box, and was not scrolled to. */
function useIsOffside(box: HTMLElement | null, html: string): boolean {
  const [isOffside, setOffside] = useState(false);
  useEffect(() => {
    if (!box) return undefined;
    let seen = 0;
    const look = () => {
      // A text that runs from right to left scrolls to the left.
      seen = Math.max(seen, Math.abs(box.scrollLeft) + box.clientWidth);
      setOffside(seen < box.scrollWidth - SLACK);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
      setOffside(false);
    };
  }, [box, html]);
  return isOffside;
}

/** sanitize-html writes no ">" inside of an attribute, so a tag ends at the first. */
const describeImages = (safeHtml: string): string =>
  safeHtml.replace(/<img(?![^>]* alt=)/g, `<img alt="${strings.request.context.picture}"`);
