-- Finds requests of the current organization. For a viewer who doesn't see every request it finds those that they see,
-- and counts them one by one, because no total knows them.
--
-- Runs as sayso_system, because row-level security lets only leakproof operators into an index. Text search isn't
-- leakproof, so under the tenant policy each search would read the whole organization. The query names the organization
-- itself; only ids and a count leave the function.
--
-- Looks for a page among the newest requests first. Where they don't fill it, sorts all matching requests ("offset 0"),
-- unless they are many. Walking from the newest to the oldest would read the whole organization for a rare word.
create or replace function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
-- work_mem holds the exact bitmap of some million matches. Listed rows are mostly in memory, so random reads are cheap. A
-- shared hash table needs more of /dev/shm than a container has.
set work_mem = '64MB' set random_page_cost = 1.1 set enable_parallel_hash = off set jit = off as $$
declare
  v_filter jsonb := jsonb_strip_nulls(p_filter::jsonb);
  v_other jsonb := v_filter - array['createdAfter', 'createdBefore'];
  v_period jsonb := v_filter - array(select jsonb_object_keys(v_other));
  v_keys uuid[] := viewer_keys();
  v_matching text := matching_requests(v_filter);
  v_count text := count_requests(v_filter);
  v_newest text := filter_requests('true', v_other::json);
  v_page text := 'order by created_at desc, id desc limit $2 offset $3';
  v_sorted text;
begin
  if v_keys is not null then
    v_matching := matching_seen_requests(v_filter, v_keys);
    v_count := 'select count(*) from ' || v_matching;
    v_newest := format('%s and sees_request($1, id, %L)', v_newest, v_keys);
  end if;
  v_sorted := format('array(select id from (select id, created_at from %s offset 0) matching %s)', v_matching, v_page);
  if not v_filter ? 'search' and v_keys is null then
    v_sorted := format('case when total < 100000 then %s else array(select id from %s %s) end',
      v_sorted, v_matching, v_page);
  end if;
  return query execute format($query$
    with counted as materialized (select (%s) as total)
    select case when total > $3 then coalesce(
      -- A viewer who sees few requests finds few of them among the newest.
      case when $3 < 2000 and ($4 or total > 5000) then (
        select array_agg(id order by created_at desc, id desc) from (
          select id, created_at from (
            select id, created_at, status, priority, source, source_id, action_type, decided_at, created_by, connection_id
            from requests where %s order by created_at desc, id desc limit 2000
          ) newest where %s %s
        ) page having count(*) = least($2, total - $3)) end,
      %s) end, total
    from counted$query$,
    v_count, filter_requests('organization_id = $1', v_period::json), v_newest, v_page, v_sorted)
  using current_organization_id(), p_limit, p_offset, v_keys is null;
end $$;
alter function find_requests(json, integer, bigint) owner to sayso_system;
revoke all on function find_requests(json, integer, bigint) from public;
grant execute on function find_requests(json, integer, bigint) to sayso_app;
