import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./code-text.module.css";

/** JSON with a line for each thing; what is none stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Somebody else's text of many lines, as code. */
export function CodeText({ label, text }: { label: string; text: string }) {
  return (
    <pre className={styles.code} tabIndex={0} role="region" aria-label={label}>
      <UntrustedText text={text} isBlock />
    </pre>
  );
}
