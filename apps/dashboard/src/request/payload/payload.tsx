import { Fragment, useId } from "react";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import styles from "./payload.module.css";
import { FieldList } from "./value.tsx";

export type PayloadView = "fields" | "json" | "folded";

interface PayloadProps {
  metadata: Record<string, unknown>;
  view: PayloadView;
  onView: (view: PayloadView) => void;
}

/** The length above which the view cuts the text. The copy has all of it. */
const SHOWN_MAX = 200_000;

/** Shows the request's metadata, as fields that people can read or as JSON. */
export function Payload({ metadata, view, onView }: PayloadProps) {
  const { request } = strings;
  if (view === "folded")
    return (
      <Card
        title={request.details}
        actions={
          <Button size="small" aria-expanded={false} onClick={() => onView("fields")}>
            {request.showDetails}
          </Button>
        }
      >
        <p className="hint">{request.folded}</p>
      </Card>
    );
  return (
    <Card title={request.details} actions={<ViewSwitch view={view} onView={onView} />}>
      {view === "json" ? (
        <Json json={JSON.stringify(metadata, null, 2)} />
      ) : (
        <FieldList object={metadata} depth={1} />
      )}
    </Card>
  );
}

function ViewSwitch({ view, onView }: Omit<PayloadProps, "metadata">) {
  const { request } = strings;
  const name = useId();
  return (
    <fieldset className={styles.switch}>
      <legend className="unseen">{request.view}</legend>
      {(["fields", "json"] as const).map((value) => (
        <Fragment key={value}>
          <input
            type="radio"
            id={`${name}-${value}`}
            name={name}
            checked={view === value}
            onChange={() => onView(value)}
          />
          <label htmlFor={`${name}-${value}`}>{request[value]}</label>
        </Fragment>
      ))}
    </fieldset>
  );
}

const Json = ({ json }: { json: string }) => (
  <div className={styles.json}>
    <CopyButton text={json} />
    <pre tabIndex={0} role="region" aria-label={strings.request.json}>
      <code>
        <UntrustedText text={json.slice(0, SHOWN_MAX)} isBlock />
      </code>
    </pre>
  </div>
);
