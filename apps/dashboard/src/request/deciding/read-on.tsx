import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import styles from "./read-on.module.css";
import type { ReadThrough } from "./use-read-through.ts";

/** Says that a part of the request was not on the screen yet, with a button that scrolls to it. */
export function ReadOn({ reading }: { reading: ReadThrough }) {
  const { decide } = strings.request;
  return (
    <p className={styles.readOn}>
      <span>{decide.readOnHint}</span>
      <Button size="small" onClick={reading.readOn}>
        {decide.readOn}
      </Button>
    </p>
  );
}
