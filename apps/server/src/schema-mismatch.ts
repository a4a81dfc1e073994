import type { SchemaComparison } from "@sayso/database";
import { version } from "./version.ts";

/** The database's schema is another release's than the command's. The command has changed nothing. */
class SchemaMismatch extends Error {
  override readonly name = "SchemaMismatch";
  readonly code = "schema_mismatch";
}

/**
 * Refuses a database of another release, because a server of that release can be running on it.
 *
 * @throws SchemaMismatch, whose one line says what to do
 */
export function requireSameSchema({ state, unknown }: SchemaComparison): void {
  switch (state) {
    case "current":
      return;
    case "empty":
      throw new SchemaMismatch(
        "There is no Sayso in this database yet. Start the server first, or run: sayso migrate",
      );
    case "older":
      throw new SchemaMismatch(
        `The database is of an older release than this command (Sayso ${version}). Run the command of the server's own release; or upgrade: start the server of this release, or run: sayso migrate`,
      );
    case "newer":
      throw new SchemaMismatch(
        `A newer release of Sayso has migrated this database${unknown.length > 0 ? ` (${unknown.join(", ")})` : ""}; this command is of Sayso ${version}. Run the command of the newer release.`,
      );
  }
}
