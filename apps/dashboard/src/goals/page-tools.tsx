import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./page-tools.module.css";

/** The link back, above a page's title. */
export const BackLink = ({ to, children }: Pick<LinkProps, "to"> & { children: ReactNode }) => (
  <Link to={to} className={styles.back}>
    <ArrowLeft aria-hidden />
    {children}
  </Link>
);

/** A line that holds a search box and other choices. */
export const Tools = ({ children }: { children: ReactNode }) => (
  <div className={styles.tools}>{children}</div>
);
