import type { ReactNode } from "react";
import styles from "./card.module.css";

interface CardProps {
  /** The heading (h2) at the top. */
  title?: ReactNode;
  /** Shown beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page that stands for itself. */
export function Card({ title, actions, children }: CardProps) {
  return (
    <section className={styles.card}>
      {(title !== undefined || actions !== undefined) && (
        <div className={styles.head}>
          {title !== undefined && <h2>{title}</h2>}
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}
