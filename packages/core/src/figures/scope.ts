/** Of which requests figures are. */
export interface FiguresScope {
  organizationId: string;
  /** By which they are seen (`viewer_keys_of`); null: all of the organization's. */
  keys: readonly string[] | null;
}

/**
 * The condition that whoever asks sees the request with this id, and the values of its parameters: `seen_by` of
 * (packages/database/sql/functions/visibility), for sayso_system, from which row-level security hides nothing.
 *
 * @param id a column by its table, `requests.id`
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
