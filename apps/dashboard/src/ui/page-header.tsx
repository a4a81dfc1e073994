import type { ReactNode } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { useDocumentTitle } from "./document-title.ts";
import styles from "./page-header.module.css";

interface PageHeaderProps {
  /** Also the tab's title, unless `shown` stands in its place on the page. */
  title: string;
  /** In place of the title, where it holds somebody else's text. */
  shown?: ReactNode;
  /** One sentence below. */
  lead?: ReactNode;
  /** Above the title: the way back. */
  above?: ReactNode;
  /** Buttons on the right. */
  actions?: ReactNode;
}

/** The one h1 of a page, with what can be done to all of it. */
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
