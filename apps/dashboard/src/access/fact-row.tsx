import type { ReactNode } from "react";
import { Rows } from "../ui/table.tsx";
import styles from "./access.module.css";

interface FactRowProps {
  title: ReactNode;
  /** Shown below the title in grey, side by side. A fact that is false, null or undefined is left out. */
  facts: readonly ReactNode[];
  actions?: ReactNode;
}

/** One line of a list: a title, facts and actions. */
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

/** A list of what is in force. Below it, folded up, a list of what no longer is. */
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

/** A list of terms with their values. A term whose value is null or undefined is left out. */
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
