import { access } from "../../strings/access.ts";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { CodeText, prettyJson } from "../code-text.tsx";
import type { CallAnswer } from "./call.ts";
import styles from "./playground.module.css";

const text = access.playground;

/** Shows the answer to a call. */
export function Answer({ answer }: { answer: CallAnswer | undefined }) {
  const body = answer && prettyJson(answer.body);
  return (
    <Card title={text.response} actions={body && <CopyButton text={body} />}>
      <div aria-live="polite">
        {answer ? (
          <p className={styles.status}>
            <Mark tone={answer.status < 400 ? "good" : "bad"}>{answer.status}</Mark>
            <span className="hint">{text.took(answer.durationMs)}</span>
          </p>
        ) : (
          <p className="hint">{text.noResponse}</p>
        )}
      </div>
      {body && <CodeText label={text.response} text={body} />}
      {answer && (
        <details>
          <summary>{text.headers}</summary>
          <CodeText
            label={text.headers}
            text={answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n")}
          />
        </details>
      )}
    </Card>
  );
}
