import type { ReactNode } from "react";
import { Rows } from "../ui/table.tsx";
import styles from "./access.module.css";

interface FactRowProps {
  title: ReactNode;
  /** Shown below in grey, side by side; what is false or null is left out. */
  facts: readonly ReactNode[];
  actions?: ReactNode;
}

/** One thing in a list: what it is, what there is to know, what can be done. */
export function FactRow({ title, facts, actions }: FactRowProps) {
  const shown = facts.filter((fact) => fact !== null && fact !== false && fact !== undefined);
  return (
    <li>
      <div className={styles.row}>
        <div className={styles.what}>
          <div className={styles.title}>{title}</div>
          <div className={styles.facts}>
            {shown.map((fact, index) => (
              <span key={index}>{fact}</span>
            ))}
          </div>
        </div>
        {actions !== undefined && <div className={styles.buttons}>{actions}</div>}
      </div>
    </li>
  );
}

/** A list of what holds, and below it, folded up, of what doesn't any more. */
export const RowsAndPast = (props: { living: ReactNode[]; past: ReactNode[]; summary: string }) => (
  <>
    <Rows>{props.living}</Rows>
    {props.past.length > 0 && (
      <details className={styles.past}>
        <summary>{props.summary}</summary>
        <Rows>{props.past}</Rows>
      </details>
    )}
  </>
);

/** What is told beside a name: a list of terms and what they are; what is null is left out. */
export function Definitions({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.definitions}>
      {of
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
