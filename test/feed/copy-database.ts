import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createFolder, type TestDatabase } from "@sayso/testkit";
import pg from "pg";

/**
 * Copies everything that pg_dump would save into another, migrated database: table by table, as text, with COPY. (The
 * embedded PostgreSQL comes without pg_dump.)
 */
export async function copyDatabase(from: TestDatabase, to: TestDatabase): Promise<void> {
  const folder = await createFolder();
  const files = join(folder.path, "copy");
  await mkdir(files);
  // Both PostgreSQL servers can run as another user than the tests.
  await chmod(files, 0o777);
  const [source, target] = [from, to].map(
    ({ url }) => new pg.Client({ connectionString: url }),
  ) as [pg.Client, pg.Client];
  try {
    await Promise.all([source.connect(), target.connect()]);
    const { rows } = await source.query<{ name: string; columns: string }>(
      `select table_name as name, string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
       from information_schema.columns
       where table_schema = 'public' and is_generated = 'NEVER' and table_name not like 'sayso\\_%'
       group by table_name`,
    );
    // Reads one snapshot, as pg_dump does. Foreign keys aren't checked here; a restore checks them afterwards at best.
    await source.query("begin isolation level repeatable read read only");
    await target.query("begin; set local session_replication_role = replica");
    for (const { name, columns } of rows) {
      const file = join(files, name);
      await source.query(`copy (select ${columns} from ${name}) to '${file}'`);
      await target.query(`delete from ${name}`);
      await target.query(`copy ${name} (${columns}) from '${file}'`);
    }
    await target.query("commit");
    await source.query("commit");
  } finally {
    await Promise.all([source.end(), target.end()]);
    await folder.remove();
  }
}
