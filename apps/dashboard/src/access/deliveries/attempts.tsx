import type { InspectedDelivery } from "@sayso/client";
import { ChevronRight } from "lucide-react";
import { access } from "../../strings/access.ts";
import { Card } from "../../ui/card.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "./attempts.module.css";
import { CodeText, prettyJson } from "../code-text.tsx";

const text = access.deliveries;
type Attempt = InspectedDelivery["attempts"][number];
type Headers = Attempt["request_headers"];

/** Lists every attempt with what was sent and answered, and the time of the next attempt. */
export function Attempts({ delivery }: { delivery: InspectedDelivery }) {
  const { attempts, next_attempt_at } = delivery;
  return (
    <Card title={text.attemptsTitle}>
      <ol className={styles.timeline}>
        {attempts.map((attempt, index) => (
          <li key={attempt.started_at} data-ok={attempt.error === null}>
            <ShownAttempt
              attempt={attempt}
              isWhole={delivery.is_whole}
              isOpen={index === attempts.length - 1}
            />
          </li>
        ))}
        {next_attempt_at !== null && (
          <li data-ok="next">
            <p className={styles.next}>
              {attempts.length === 0 ? (
                text.noAttempts
              ) : (
                <span>
                  {text.nextTry} <Time at={next_attempt_at} />
                </span>
              )}
            </p>
          </li>
        )}
      </ol>
    </Card>
  );
}

function ShownAttempt(props: { attempt: Attempt; isWhole: boolean; isOpen: boolean }) {
  const { attempt, isWhole, isOpen } = props;
  const { attempt: number, error, status_code } = attempt;
  return (
    <details className={styles.attempt} open={isOpen}>
      <summary>
        <ChevronRight aria-hidden />
        <strong>{text.attempt(number)}</strong>
        <Mark tone={error === null ? "good" : "bad"}>{status_code ?? text.noAnswer}</Mark>
        <span className="hint">
          <Time at={attempt.started_at} />, {text.took(attempt.duration_ms)}
        </span>
        {error !== null && (
          <span>
            <UntrustedText text={error} />
          </span>
        )}
      </summary>
      {isWhole && <Exchange attempt={attempt} />}
    </details>
  );
}

/** The headers and bodies that were sent and that came back. */
function Exchange({ attempt }: { attempt: Attempt }) {
  const { attempt: number, status_code, response_body } = attempt;
  return (
    <div className={styles.inside}>
      <div className={styles.side}>
        <h3>{text.requestTitle}</h3>
        <HeaderList
          of={attempt.request_headers}
          label={text.headersOf(text.requestTitle, number)}
        />
      </div>
      <div className={styles.side}>
        <h3>{text.responseTitle}</h3>
        {status_code === null ? (
          <p className="hint">{text.noAnswer}</p>
        ) : (
          <>
            <HeaderList
              of={attempt.response_headers}
              label={text.headersOf(text.responseTitle, number)}
            />
            {response_body ? (
              <CodeText
                label={`${text.responseTitle}: ${text.body}`}
                text={prettyJson(response_body)}
              />
            ) : (
              <p className="hint">
                {text.body}: {text.emptyBody}
              </p>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function HeaderList({ of, label }: { of: Headers; label: string }) {
  if (of === null) return <p className="hint">{text.noHeaders}</p>;
  return (
    <dl className={styles.headers} aria-label={label}>
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>
            <UntrustedText text={name} />
          </dt>
          <dd>
            <code>
              <UntrustedText text={value} />
            </code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
