import type { ReactNode } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { useDocumentTitle } from "./document-title.ts";
import styles from "./page-header.module.css";

interface PageHeaderProps {
  /** The title of the page and of the tab. On the page, `shown` can replace it. */
  title: string;
  /** Stands in place of the title if the title holds somebody else's text. */
  shown?: ReactNode;
  /** One sentence below the title. */
  lead?: ReactNode;
  /** Shown above the title: the link back. */
  above?: ReactNode;
  /** The buttons on the right. */
  actions?: ReactNode;
}

/** The only h1 of a page, with the actions on the whole page. */
export function PageHeader({ title, shown, lead, above, actions }: PageHeaderProps) {
  useDocumentTitle(plainLine(title));
  return (
    <header className={styles.header}>
      {above}
      <div className={styles.line}>
        <h1>{shown ?? title}</h1>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
    </header>
  );
}
