import type { QueryConfig, QueryResult, QueryResultRow } from "pg";

/** Runs statements one at a time: a pool, each in a transaction of its own, or the transaction under way. */
export interface Queryable {
  /**
   * @typeParam Row the shape of one row. It is not checked: declare the columns that the statement selects
   * @throws DatabaseError of node-postgres (`code` is the SQLSTATE); Error: the link is broken
   */
  query<Row extends QueryResultRow = QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<Row>>;
}
