import type { ComponentProps, ReactNode } from "react";
import styles from "./table.module.css";

/** A table that scrolls sideways by itself where it doesn't fit. `label` names it. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table}>{children}</table>
    </div>
  );
}

/** A list of rows in a card, each a link or with buttons; for what has few columns, on any screen. */
export const Rows = (props: Omit<ComponentProps<"ul">, "className">) => (
  <ul {...props} className={styles.rows} />
);
