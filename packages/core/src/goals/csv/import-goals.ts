import type { Transaction } from "../../transactions/transaction.ts";
import type { Context } from "../../context.ts";
import type { InOrganization, NewIds } from "../../capabilities.ts";
import { DomainError } from "../../errors.ts";
import { inOrganization } from "../../transactions/in-organization.ts";
import { insertKeyResult, type NewKeyResult } from "../objectives/create-key-result.ts";
import { insertKpi, type NewKpi } from "../kpis/create-kpi.ts";
import type { KpiDirection } from "../kpis/kpi.ts";
import { insertObjective, type NewObjective } from "../objectives/create-objective.ts";
import { KEY_RESULTS_MAX, type ObjectiveType } from "../objectives/objective.ts";
import { readRows, type GoalTable, type TableRow } from "./goal-tables.ts";
import { collectFaults, type FaultCollector } from "./collect-faults.ts";
import { readCsv } from "./read-csv.ts";

/** The numbers of goals that an import created. */
export interface Imported {
  objectives: number;
  keyResults: number;
  kpis: number;
}

/**
 * Creates objectives with key results, or KPIs, from a table: all of them or none. Consecutive rows with the same
 * objective are its key results. Owners are named by name or e-mail address, cycles by name.
 *
 * @throws DomainError `validation_failed`, which names line and column of each fault, of the first 20
 */
export async function importGoals(
  context: Context<InOrganization & NewIds>,
  table: GoalTable,
  csv: string,
): Promise<Imported> {
  const rows = readRows(table, readCsv(csv));
  return inOrganization(context, async (db) => {
    const names = await readNames(db);
    const faults = collectFaults();
    const imported =
      table === "kpis"
        ? await importKpis(db, context, rows, names, faults)
        : await importObjectives(db, context, rows, names, faults);
    faults.refuse();
    return imported;
  });
}

interface Names {
  /** The ids by name and by e-mail address in lower case. null: several people have this name. */
  people: ReadonlyMap<string, string | null>;
  cycles: ReadonlyMap<string, string>;
}

async function readNames(db: Transaction): Promise<Names> {
  const people = new Map<string, string | null>();
  const { rows } = await db.query<{ id: string; name: string; email: string | null }>(
    "select p.id, p.name, p.email from people p join memberships m on m.person_id = p.id",
  );
  for (const { id, name, email } of rows)
    for (const called of new Set([name, email ?? name]).values()) {
      const key = called.toLowerCase();
      people.set(key, people.has(key) && people.get(key) !== id ? null : id);
    }
  const cycles = await db.query<{ id: string; name: string }>("select id, name from goal_cycles");
  return { people, cycles: new Map(cycles.rows.map(({ id, name }) => [name.toLowerCase(), id])) };
}

/** Returns a value as the verb takes it that creates the goal. That verb refuses one that is no such choice. */
const choiceOf = <Choice extends string>(row: TableRow, column: string): Choice | undefined =>
  row.text(column)?.trim() as Choice | undefined;

function personOf(row: TableRow, column: string, { people }: Names): string | undefined {
  const name = row.text(column)?.trim();
  if (name === undefined) return undefined;
  const id = people.get(name.toLowerCase());
  if (id === undefined) throw row.fault(column, `is not a person of this organization: ${name}`);
  if (id === null)
    throw row.fault(column, `is the name of several people: ${name}; use an email address`);
  return id;
}

function cycleOf(row: TableRow, { cycles }: Names): string | undefined {
  const name = row.text("cycle")?.trim();
  if (name === undefined) return undefined;
  const id = cycles.get(name.toLowerCase());
  if (id === undefined) throw row.fault("cycle", `is not a cycle of this organization: ${name}`);
  return id;
}

async function importKpis(
  db: Transaction,
  context: Context<NewIds>,
  rows: readonly TableRow[],
  names: Names,
  faults: FaultCollector,
): Promise<Imported> {
  for (const row of rows)
    await faults.within(async () => {
      const kpi = kpiOf(row, names);
      await placed(row, {}, () => insertKpi(db, context, kpi));
    });
  return { objectives: 0, keyResults: 0, kpis: rows.length };
}

function kpiOf(row: TableRow, names: Names): NewKpi {
  const name = row.text("name");
  const target = row.number("target");
  if (name === undefined) throw row.fault("name", "is required");
  if (target === undefined) throw row.fault("target", "is required");
  return {
    name,
    target,
    description: row.text("description"),
    current: row.number("current"),
    unit: row.text("unit")?.trim(),
    direction: choiceOf<KpiDirection>(row, "direction"),
    ownerId: personOf(row, "owner", names),
  };
}

async function importObjectives(
  db: Transaction,
  context: Context<NewIds>,
  rows: readonly TableRow[],
  names: Names,
  faults: FaultCollector,
): Promise<Imported> {
  const imported = { objectives: 0, keyResults: 0, kpis: 0 };
  for (const { first, ofObjective } of groupRows(rows)) {
    const id = await faults.within(() => {
      const objective = objectiveOf(first, names);
      return placed(first, { title: "objective" }, () => insertObjective(db, context, objective));
    });
    imported.objectives++;
    let count = 0;
    for (const row of ofObjective)
      await faults.within(async () => {
        const keyResult = keyResultOf(row, names);
        // Without its objective the key result can't be stored, but its own faults are reported all the same.
        if (!keyResult || id === undefined) return;
        if (++count > KEY_RESULTS_MAX)
          throw row.fault("key_result", `is one of more than ${KEY_RESULTS_MAX} of this objective`);
        await placed(row, { title: "key_result" }, () =>
          insertKeyResult(db, context, id, keyResult),
        );
        imported.keyResults++;
      });
  }
  return imported;
}

/** Returns the rows of each objective: those that follow one another with its title. A row without a title is alone. */
function groupRows(rows: readonly TableRow[]): { first: TableRow; ofObjective: TableRow[] }[] {
  const groups: { first: TableRow; title: string | undefined; ofObjective: TableRow[] }[] = [];
  for (const row of rows) {
    const title = row.text("objective");
    const last = groups.at(-1);
    if (title !== undefined && last?.title === title) last.ofObjective.push(row);
    else groups.push({ first: row, title, ofObjective: title === undefined ? [] : [row] });
  }
  return groups;
}

function objectiveOf(row: TableRow, names: Names): NewObjective {
  const title = row.text("objective");
  if (title === undefined) throw row.fault("objective", "is required");
  return {
    title,
    description: row.text("description"),
    type: choiceOf<ObjectiveType>(row, "type"),
    ownerId: personOf(row, "owner", names),
    cycleId: cycleOf(row, names),
  };
}

function keyResultOf(row: TableRow, names: Names): NewKeyResult | null {
  const title = row.text("key_result");
  const [start, target, current] = ["start", "target", "current"].map((one) => row.number(one));
  if (title === undefined) {
    if (target === undefined) return null;
    throw row.fault("key_result", "is required with a target");
  }
  if (target === undefined) throw row.fault("target", "is required");
  if (target === (start ?? 0)) throw row.fault("target", "must differ from start");
  return {
    title,
    target,
    start,
    current,
    unit: row.text("unit")?.trim(),
    weight: row.number("weight"),
    ownerId: personOf(row, "key_result_owner", names),
  };
}

/**
 * Adds the place in the table to a fault that the work throws.
 *
 * @param columns the columns of those fields that have another name in the table
 */
async function placed<T>(
  row: TableRow,
  columns: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "validation_failed") throw error;
    const [fault] = error.details?.fields ?? [];
    if (!fault) throw error;
    const column = columns[fault.field] ?? fault.field;
    throw row.fault(column, fault.message.replace(`${fault.field} `, ""));
  }
}
