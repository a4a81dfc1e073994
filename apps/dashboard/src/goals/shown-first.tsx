import { useState, type ReactNode } from "react";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import styles from "./shown-first.module.css";

const STEP = 50;

interface ShownFirstProps<Item> {
  items: readonly Item[];
  /** Shows the given items. */
  children: (shown: readonly Item[]) => ReactNode;
}

/** Shows the first items of a loaded list, and more on demand. */
export function ShownFirst<Item>({ items, children }: ShownFirstProps<Item>) {
  const [count, setCount] = useState(STEP);
  return (
    <>
      {children(items.slice(0, count))}
      {items.length > count && (
        <p className={styles.more}>
          <Button onClick={() => setCount(count + STEP)}>{strings.common.loadMore}</Button>
        </p>
      )}
    </>
  );
}
