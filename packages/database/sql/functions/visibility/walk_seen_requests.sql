-- A page of the requests that the viewer sees, by created_at and id, from a place on (null: from the beginning). For
-- viewers who don't see every request. p_comparison: the operator between the page's rows and that place. p_filter:
-- externalId, flowId; withoutFlow leaves out requests of flows.
create or replace function walk_seen_requests(
  p_filter json, p_from timestamptz, p_from_id uuid, p_comparison text, p_is_ascending boolean, p_limit integer)
returns table (id uuid, created_at timestamptz)
language plpgsql stable security definer set search_path = public
set work_mem = '64MB' set random_page_cost = 1.1 set enable_parallel_hash = off set jit = off as $$
declare
  v_keys uuid[] := viewer_keys();
  v_page text := format('order by r.created_at %1$s, r.id %1$s limit %2$s', case when p_is_ascending then 'asc' else 'desc' end, p_limit);
  v_where text := 'r.organization_id = $1';
  v_range text := 'r.organization_id = $1';
begin
  if p_comparison not in ('<', '<=', '>', '>=') then raise exception 'no comparison: %', p_comparison; end if;
  if p_filter ->> 'externalId' is not null then v_where := v_where || format(' and r.external_id = %L', p_filter ->> 'externalId'); end if;
  if p_filter ->> 'flowId' is not null then v_where := v_where || format(' and r.flow_id = %L', p_filter ->> 'flowId'); end if;
  if (p_filter ->> 'withoutFlow')::boolean then v_where := v_where || ' and r.flow_id is null'; end if;
  if p_from is not null then
    v_range := v_range || format(' and (r.created_at, r.id) %s (%L::timestamptz, %L::uuid)', p_comparison, p_from, p_from_id);
  end if;
  -- Looks among the next 2,000 first, and among all seen requests where these don't fill the page.
  return query execute format($query$
    with near as materialized (
      select r.id, r.created_at from (
        select r.* from requests r where %s order by r.created_at %s, r.id %2$s limit 2000
      ) r where %s and sees_request($1, r.id, %L) %s
    )
    select * from near where (select count(*) from near) = %s
    union all
    (select r.id, r.created_at from seen_requests($1, %4$L) seen join requests r on r.organization_id = $1 and r.id = seen.id
     where (select count(*) from near) < %6$s and %1$s and %3$s %5$s)$query$,
    v_range, case when p_is_ascending then 'asc' else 'desc' end, v_where, v_keys, v_page, p_limit)
  using current_organization_id();
end $$;
alter function walk_seen_requests(json, timestamptz, uuid, text, boolean, integer) owner to sayso_system;
revoke all on function walk_seen_requests(json, timestamptz, uuid, text, boolean, integer) from public;
grant execute on function walk_seen_requests(json, timestamptz, uuid, text, boolean, integer) to sayso_app;
