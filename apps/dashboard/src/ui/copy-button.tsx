import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { strings } from "../strings/index.ts";
import { Button } from "./button.tsx";
import styles from "./copy-button.module.css";

/** Copies a text to the clipboard, and says so. */
export function CopyButton({
  text,
  label = strings.common.copy,
}: {
  text: string;
  label?: string;
}) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <Button
      size="small"
      icon={isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
      onClick={() => void copy(text).then(() => setCopied(true))}
    >
      <span aria-live="polite">{isCopied ? strings.common.copied : label}</span>
    </Button>
  );
}

/**
 * Copies a text. Browsers offer the clipboard only over https or on this machine, so elsewhere it uses `execCommand`.
 */
async function copy(text: string): Promise<void> {
  const { clipboard }: { clipboard?: Clipboard } = navigator;
  if (clipboard) return clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A secret or an address, all of which is in sight. A click selects it, and a button copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.line}>
      <textarea
        className={styles.text}
        aria-label={label}
        readOnly
        rows={1}
        spellCheck={false}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton text={text} />
    </div>
  );
}

/** Several lines of code, with a button that copies them. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.block}>
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
