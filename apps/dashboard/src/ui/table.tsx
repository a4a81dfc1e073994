import type { ComponentProps, ReactNode } from "react";
import styles from "./table.module.css";

/** A table named `label`. It scrolls sideways if it doesn't fit. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table}>{children}</table>
    </div>
  );
}

/** A list of rows in a card, each a link or with buttons. It suits content with few columns, on any screen. */
export const Rows = (props: Omit<ComponentProps<"ul">, "className">) => (
  <ul {...props} className={styles.rows} />
);
