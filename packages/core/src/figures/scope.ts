/** The requests that figures are taken from. */
export interface FiguresScope {
  organizationId: string;
  /** The keys by which the viewer sees requests (`viewer_keys_of`). null: the viewer sees all of the organization's. */
  keys: readonly string[] | null;
}

/**
 * Returns the SQL condition that the viewer sees the request with this id, and the values of its parameters. It is the
 * condition of packages/database/sql/functions/visibility/seen_by.sql. Queries as sayso_system need it, because
 * row-level security hides nothing from that role.
 *
 * @param id a column with its table, such as `requests.id`
 * @param first the number of the first free parameter
 */
export function seenBy({ keys }: FiguresScope, id: string, first: number): [string, unknown[]] {
  if (keys === null) return ["", []];
  const own = `$${first}::uuid[]`;
  const condition = `and (exists (select from request_search s where s.id = ${id} and s.audience && ${own})
    or exists (select from votes v where v.request_id = ${id} and v.person_id = any (${own}))
    or exists (select from comments c where c.request_id = ${id} and c.person_id = any (${own})))`;
  return [condition, [keys]];
}
