import { BarChart3, Table2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { strings } from "../strings/index.ts";
import { IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Table } from "../ui/table.tsx";
import styles from "./chart-card.module.css";

/** The numbers of a chart as a table. */
export interface ChartTable {
  columns: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

interface ChartCardProps {
  /** The heading of the card. */
  title: string;
  /** The main result in a sentence. */
  answer?: ReactNode;
  table: ChartTable;
  /** The chart. */
  children: ReactNode;
}

/** A card with a chart that can also be shown as a table. */
export function ChartCard({ title, answer, table, children }: ChartCardProps) {
  const [isTable, setTable] = useState(false);
  const { charts } = strings;
  const isEmpty = table.rows.length === 0;
  return (
    <Card
      title={title}
      actions={
        !isEmpty && (
          <IconButton
            size="small"
            label={isTable ? charts.asChart : charts.asTable}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? <BarChart3 aria-hidden /> : <Table2 aria-hidden />}
          </IconButton>
        )
      }
    >
      {answer !== undefined && <p className={styles.answer}>{answer}</p>}
      {isEmpty && <p className="hint">{charts.nothing}</p>}
      {!isEmpty && isTable && (
        <Table label={title}>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ key, cells: [first, ...others] }) => (
              <tr key={key}>
                <th scope="row">{first}</th>
                {others.map((cell, index) => (
                  <td key={index} className="numbers">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {!isEmpty && !isTable && children}
    </Card>
  );
}
