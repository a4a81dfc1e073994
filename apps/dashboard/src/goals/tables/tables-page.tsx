import { useState } from "react";
import { Download } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { api, messageOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, FormFault, Input, NativeSelect, Textarea } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Table } from "../../ui/table.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { GoalsTabs } from "../goals-tabs.tsx";
import { refreshGoals } from "../queries.ts";
import { saveAs } from "./save-as.ts";
import { faultsOfTable, type TableFault } from "./table-faults.ts";
import styles from "./tables-page.module.css";

type TableName = "objectives" | "kpis";

const columns: Record<TableName, string> = {
  objectives:
    "objective, description, type, owner, cycle, key_result, start, target, current, unit, weight, key_result_owner",
  kpis: "name, description, current, target, unit, direction, owner",
};

/** The page that exports goals as tables for a spreadsheet, and imports them. */
export function TablesPage() {
  const { tables: texts, tabs } = strings.goals;
  return (
    <>
      <PageHeader title={tabs.tables} lead={texts.lead} />
      <GoalsTabs />
      <Card title={texts.export}>
        <p className="hint">{texts.exportHint}</p>
        <div className={styles.buttons}>
          <ExportButton name="objectives">{texts.exportObjectives}</ExportButton>
          <ExportButton name="kpis">{texts.exportKpis}</ExportButton>
        </div>
      </Card>
      <Card title={texts.import}>
        <ImportForm />
      </Card>
    </>
  );
}

function ExportButton({ name, children }: { name: TableName; children: string }) {
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { csv } = await (name === "kpis" ? api.exportKpis({}) : api.exportObjectives({}));
      saveAs(`${name}.csv`, "text/csv", csv);
    } catch (error) {
      toast(messageOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon={<Download aria-hidden />} isBusy={isBusy} onClick={() => void save()}>
      {children}
    </Button>
  );
}

/** The outcome of an import. */
interface Outcome {
  made?: string;
  fault?: string;
  faults?: TableFault[];
}

function ImportForm() {
  const { tables: texts } = strings.goals;
  const [table, setTable] = useState<TableName>("objectives");
  const [csv, setCsv] = useState("");
  const [outcome, setOutcome] = useState<Outcome>({});
  const send = async () => {
    if (csv.trim() === "") return setOutcome({ fault: texts.empty });
    setOutcome({});
    try {
      const { objectives, key_results, kpis } = await api.importGoals({ table, csv });
      const made =
        table === "kpis"
          ? texts.importedKpis(kpis)
          : texts.importedObjectives(objectives, key_results);
      setOutcome({ made });
      setCsv("");
      await refreshGoals();
    } catch (error) {
      const message = messageOf(error);
      const faults = faultsOfTable(message, csv);
      setOutcome(faults.length > 0 ? { faults } : { fault: message });
    }
  };
  return (
    <Form
      onSubmit={send}
      actions={
        <div className={styles.buttons}>
          <SubmitButton>{texts.submit}</SubmitButton>
        </div>
      }
    >
      <Field label={texts.table}>
        <NativeSelect
          value={table}
          onChange={({ currentTarget: { value } }) =>
            setTable(value === "kpis" ? "kpis" : "objectives")
          }
        >
          <option value="objectives">{texts.tableObjectives}</option>
          <option value="kpis">{texts.tableKpis}</option>
        </NativeSelect>
      </Field>
      <Field label={texts.file} hint={texts.fileHint} isOptional>
        <Input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void file.text().then(setCsv);
          }}
        />
      </Field>
      <Field
        label={texts.csv}
        hint={
          <>
            {texts.columns} <code>{columns[table]}</code>. {texts.allOrNone}
          </>
        }
      >
        <Textarea
          rows={8}
          spellCheck={false}
          value={csv}
          onChange={({ currentTarget: { value } }) => setCsv(value)}
        />
      </Field>
      <ImportOutcome outcome={outcome} table={table} />
    </Form>
  );
}

function ImportOutcome({
  outcome: { made, fault, faults },
  table,
}: {
  outcome: Outcome;
  table: TableName;
}) {
  const { tables: texts } = strings.goals;
  return (
    <div role="status">
      {made !== undefined && (
        <p className={styles.made}>
          {made} <Link to={table === "kpis" ? "/goals/kpis" : "/goals"}>{texts.see}</Link>
        </p>
      )}
      {fault !== undefined && <FormFault>{fault}</FormFault>}
      {faults && (
        <>
          <FormFault>{texts.faults(faults.length)}</FormFault>
          <Table label={texts.faults(faults.length)}>
            <thead>
              <tr>
                <th scope="col">{texts.line}</th>
                <th scope="col">{texts.column}</th>
                <th scope="col">{texts.what}</th>
                <th scope="col">{texts.row}</th>
              </tr>
            </thead>
            <tbody>
              {faults.map(({ line, column, message, row }) => (
                <tr key={`${line}:${column}:${message}`}>
                  <td>{line}</td>
                  <td>{column}</td>
                  <td>
                    <UntrustedText text={message} />
                  </td>
                  <td>
                    <code>
                      <UntrustedText text={row} />
                    </code>
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
    </div>
  );
}
