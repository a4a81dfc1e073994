import type { Approval } from "@sayso/client";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import styles from "./context-box.module.css";

/**
 * What the caller wrote in HTML, in a box that says whose words these are. The server has reduced it to what can do nothing
 * before it was stored (core, context-html.ts), and the page's policy lets nothing run.
 */
export function ContextBox({ approval }: { approval: Approval }) {
  const html = approval.context_html?.trim() ?? "";
  if (html === "") return null;
  const { context } = strings.request;
  return (
    <Card title={context.title} actions={<span className="hint">{context.from}</span>}>
      <div
        className={styles.foreign}
        dir="auto"
        dangerouslySetInnerHTML={{ __html: describeImages(html) }}
      />
    </Card>
  );
}

/** sanitize-html writes no ">" inside of an attribute, so a tag ends at the first. */
const describeImages = (safeHtml: string): string =>
  safeHtml.replace(/<img(?![^>]* alt=)/g, `<img alt="${strings.request.context.picture}"`);
