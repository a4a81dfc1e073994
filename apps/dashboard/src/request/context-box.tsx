import type { Approval } from "@sayso/client";
import { useState } from "react";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import { useIsOffside } from "../ui/use-offside.ts";
import styles from "./context-box.module.css";
import { useUnread } from "./payload/unread.ts";

/**
 * The rich context: HTML that the asker wrote, in a box that says so. The server sanitised it before storing it (core,
 * context-html.ts), and the page's policy lets no script run. HTML wider than the box counts as unread until somebody
 * has scrolled to its edge.
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

/**
 * Adds a description to images without one. The pattern is safe because sanitize-html writes no ">" inside an
 * attribute, so a tag ends at the first one.
 */
const describeImages = (safeHtml: string): string =>
  safeHtml.replace(/<img(?![^>]* alt=)/g, `<img alt="${strings.request.context.picture}"`);
