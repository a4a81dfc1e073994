import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { messageOf } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, Input, NativeSelect, Textarea } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Answer } from "./answer.tsx";
import {
  buildCall,
  sendCall,
  untypedCall,
  type BuiltCall,
  type CallAnswer,
  type TypedCall,
} from "./call.ts";
import { Code } from "./code-card.tsx";
import type { ApiOperation, Parameter } from "./document.ts";
import { Method } from "./operation-list.tsx";
import styles from "./playground.module.css";

const text = access.playground;

interface OperationViewProps {
  operation: ApiOperation;
  /** The key that calls are made with. Empty: none is filled in. */
  apiKey: string;
}

/** One operation: its form, its latest answer, and code that makes the same call. */
export function OperationView({ operation, apiKey }: OperationViewProps) {
  const [typed, setTyped] = useState<TypedCall>(untypedCall(operation));
  const [fault, setFault] = useState<string>();
  const built = tryToBuild(operation, typed);
  const [answer, setAnswer] = useState<CallAnswer>();
  const send = async () => {
    setFault(built.fault);
    if (!built.call) return;
    setAnswer(undefined);
    try {
      setAnswer(await sendCall(built.call, apiKey));
    } catch (cause) {
      throw new Error(text.failed, { cause });
    }
  };
  return (
    <>
      <Head operation={operation} />
      <div className={styles.sides}>
        <Card>
          <Form className={styles.form} onSubmit={send}>
            <Parameters operation={operation} typed={typed} onChange={setTyped} />
            <BodyField
              operation={operation}
              typed={typed}
              fault={built.fault && fault}
              onChange={setTyped}
            />
            {operation.isStream ? (
              <p className="hint">{text.stream}</p>
            ) : (
              <div className={styles.send}>
                <SubmitButton>{text.send}</SubmitButton>
                {operation.method !== "GET" && <small className="hint">{text.sendsForReal}</small>}
              </div>
            )}
          </Form>
        </Card>
        <div className={styles.operation}>
          {!operation.isStream && <Answer answer={answer} />}
          {built.call && <Code call={built.call} apiKey={apiKey} />}
        </div>
      </div>
      <Answers operation={operation} />
    </>
  );
}

function tryToBuild(
  operation: ApiOperation,
  typed: TypedCall,
): { call: BuiltCall; fault?: never } | { call?: never; fault: string } {
  try {
    return { call: buildCall(operation, typed, location.origin) };
  } catch (error) {
    return { fault: text.bodyFault(messageOf(error)) };
  }
}

const Head = ({ operation }: { operation: ApiOperation }) => (
  <header className={styles.form}>
    <Link to="/api" search={{}} className={styles.back}>
      {text.back}
    </Link>
    <h2>{operation.title}</h2>
    <p className={styles.address}>
      <Method of={operation} />
      <code>{operation.path}</code>
      <Mark>{operation.scope === null ? text.isOpen : `${text.needs} ${operation.scope}`}</Mark>
      {operation.isAdminOnly && <Mark tone="warn">{text.adminOnly}</Mark>}
    </p>
    <p>{operation.description}.</p>
  </header>
);

interface PartProps {
  operation: ApiOperation;
  typed: TypedCall;
  onChange: (typed: TypedCall) => void;
}

function Parameters({ operation, typed, onChange }: PartProps) {
  return (["path", "query"] as const).map((place) => {
    const some = operation.parameters.filter((parameter) => parameter.in === place);
    if (some.length === 0) return null;
    return (
      <fieldset key={place} className={styles.form}>
        <legend>
          <h3>{text[place]}</h3>
        </legend>
        {some.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={typed.values[parameter.name] ?? ""}
            onChange={(value) =>
              onChange({ ...typed, values: { ...typed.values, [parameter.name]: value } })
            }
          />
        ))}
      </fieldset>
    );
  });
}

interface ParameterFieldProps {
  parameter: Parameter;
  value: string;
  onChange: (value: string) => void;
}

function ParameterField({ parameter, value, onChange }: ParameterFieldProps) {
  const { name, description, required, schema } = parameter;
  const sample = schema.default ?? schema.examples?.[0];
  const placeholder =
    typeof sample === "string" || typeof sample === "number" ? String(sample) : undefined;
  return (
    <Field
      label={<code>{name}</code>}
      hint={[required && text.required, description].filter(Boolean).join(". ") || undefined}
    >
      {schema.enum ? (
        <NativeSelect value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          <option value="" />
          {schema.enum.map((one) => (
            <option key={JSON.stringify(one)}>{String(one)}</option>
          ))}
        </NativeSelect>
      ) : (
        <Input
          value={value}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Field>
  );
}

function BodyField({ operation, typed, fault, onChange }: PartProps & { fault?: string }) {
  if (typed.body === null) return null;
  const isChanged = typed.body !== operation.exampleBody;
  return (
    <>
      <Field label={text.body} hint={text.bodyHint} fault={fault}>
        <Textarea
          value={typed.body}
          rows={Math.min(24, typed.body.split("\n").length + 1)}
          spellCheck={false}
          onChange={({ currentTarget }) => onChange({ ...typed, body: currentTarget.value })}
        />
      </Field>
      {isChanged && (
        <div>
          <Button size="small" onClick={() => onChange({ ...typed, body: operation.exampleBody })}>
            {text.resetBody}
          </Button>
        </div>
      )}
    </>
  );
}

function Answers({ operation }: { operation: ApiOperation }) {
  const id = useId();
  return (
    <Card title={<span id={id}>{text.answers}</span>}>
      <dl className={styles.answers} aria-labelledby={id}>
        {operation.answers.map(({ status, description }) => (
          <div key={status}>
            <dt>{status}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
