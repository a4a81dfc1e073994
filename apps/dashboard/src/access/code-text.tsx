import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./code-text.module.css";

/** Indents JSON, one line for each value. Text that is no JSON stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Somebody else's text of many lines, shown as code. */
export function CodeText({ label, text }: { label: string; text: string }) {
  return (
    <pre className={styles.code} tabIndex={0} role="region" aria-label={label}>
      <UntrustedText text={text} isBlock />
    </pre>
  );
}
