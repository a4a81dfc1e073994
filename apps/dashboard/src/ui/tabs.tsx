import { Link, type LinkProps } from "@tanstack/react-router";
import styles from "./tabs.module.css";

/** Links in a row to pages that belong together. The shown page is marked. */
export function TabLinks({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly (Pick<LinkProps, "to" | "search" | "params"> & {
    text: string;
    isExact?: boolean;
  })[];
}) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      <ul>
        {tabs.map(({ text, isExact = true, ...link }) => (
          <li key={text}>
            <Link
              {...link}
              activeOptions={{ exact: isExact, includeSearch: link.search !== undefined }}
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
