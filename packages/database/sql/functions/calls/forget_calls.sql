-- Deletes up to p_part calls: those older than 7 days, and those beyond the newest p_kept of each connection that
-- called in the last two hours. Returns the number of deleted calls. If it is p_part, there can be more.
create or replace function forget_calls(p_kept integer, p_part integer) returns integer
language plpgsql as $$
declare
  v_old integer;
  v_more integer;
begin
  delete from api_call_hours where hour < now() - interval '8 days';
  delete from api_calls c
  using (select organization_id, connection_id, at, id from api_calls where at < now() - interval '7 days' limit p_part) old
  where (c.organization_id, c.connection_id, c.at, c.id) = (old.organization_id, old.connection_id, old.at, old.id);
  get diagnostics v_old = row_count;
  delete from api_calls c
  using (
    select more.* from (select distinct organization_id, connection_id from api_call_hours where hour >= now() - interval '2 hours') busy
    cross join lateral (
      select k.organization_id, k.connection_id, k.at, k.id from api_calls k
      where k.organization_id = busy.organization_id and k.connection_id = busy.connection_id
      order by k.at desc, k.id desc offset p_kept
    ) more limit p_part - v_old
  ) more
  where (c.organization_id, c.connection_id, c.at, c.id) = (more.organization_id, more.connection_id, more.at, more.id);
  get diagnostics v_more = row_count;
  return v_old + v_more;
end $$;
