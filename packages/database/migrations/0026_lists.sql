-- Lists that are counted and paged without reading the requests themselves.

-- What changed while 0025 looked.
lock table requests in share row exclusive mode;
update request_search s set status = r.status, priority = r.priority, source = r.source,
  words = request_words(r.title, r.description)
from requests r
where r.id = s.id
  and r.updated_at > (select applied_at - interval '1 hour' from sayso_migrations where name = '0024_request_search.sql')
  and (s.status, s.priority, s.source, s.words)
    is distinct from (r.status, r.priority, r.source, request_words(r.title, r.description));

-- Takes the place of requests_newest (0027); what requests are most often filtered by is in it. Oldest first, though it is
-- read from its end: what is new comes at the end of an organization's, where pages fill up, and it is half as long.
create index requests_listed on requests (organization_id, created_at, id) include (status, priority, source);
-- Takes the place of requests_action_type (0027), which also held those that have none.
create index requests_of_action_type on requests (organization_id, action_type) where action_type is not null;
-- What one workflow, run or agent asked.
create index requests_source_id on requests (organization_id, source_id) where source_id is not null;

-- As in 0016; words are looked for in request_search (0024).
create or replace function filter_requests(p_where text, p_filter json) returns text
language plpgsql stable as $$
declare
  f record;
  v_where text := p_where;
begin
  select * into f from json_to_record(p_filter) as f (
    statuses json, priorities json, search text, "createdAfter" timestamptz, "createdBefore" timestamptz,
    "decidedAfter" timestamptz, "decidedBefore" timestamptz, "actionType" text, source text,
    "sourceId" text, "excludeSourceId" text, "askedBy" uuid);
  if f.statuses is not null then
    v_where := v_where || format(' and status = any (%L)', array(select json_array_elements_text(f.statuses)));
  end if;
  if f.priorities is not null then
    v_where := v_where || format(' and priority = any (%L)', array(select json_array_elements_text(f.priorities)));
  end if;
  if f.search is not null then
    v_where := v_where || format(' and id in (select s.id from request_search s '
      'where s.organization_id = $1 and s.words @@ websearch_to_tsquery(''english'', %L))', f.search);
  end if;
  if f."createdAfter" is not null then v_where := v_where || format(' and created_at >= %L', f."createdAfter"); end if;
  if f."createdBefore" is not null then v_where := v_where || format(' and created_at < %L', f."createdBefore"); end if;
  if f."decidedAfter" is not null then v_where := v_where || format(' and decided_at >= %L', f."decidedAfter"); end if;
  if f."decidedBefore" is not null then v_where := v_where || format(' and decided_at < %L', f."decidedBefore"); end if;
  if f."actionType" is not null then v_where := v_where || format(' and action_type = %L', f."actionType"); end if;
  if f.source is not null then v_where := v_where || format(' and source = %L', f.source); end if;
  if f."sourceId" is not null then v_where := v_where || format(' and source_id = %L', f."sourceId"); end if;
  if f."excludeSourceId" is not null then
    v_where := v_where || format(' and source_id is distinct from %L', f."excludeSourceId");
  end if;
  if f."askedBy" is not null then
    v_where := v_where || format(
      ' and (created_by = %1$L or created_by is null and connection_id = any (%2$L))', f."askedBy",
      array(select c.id from connections c
            where c.organization_id = current_organization_id() and c.owner_id = f."askedBy"));
  end if;
  return v_where;
end $$;

-- The rows, with id and created_at, that a filter of find_requests matches in the organization $1: of request_search where
-- all that it asks for stands there.
create function matching_requests(p_filter jsonb) returns text
language plpgsql stable as $$
begin
  if p_filter ? 'search' and p_filter - array['search', 'statuses', 'priorities', 'source'] = '{}' then
    return format('request_search where %s and words @@ websearch_to_tsquery(''english'', %L)',
      filter_requests('organization_id = $1', (p_filter - 'search')::json), p_filter ->> 'search');
  end if;
  return 'requests where ' || filter_requests('organization_id = $1', p_filter::json);
end $$;

-- The statement that counts them.
create function count_requests(p_filter jsonb) returns text
language plpgsql stable as $$
begin
  -- All but one workflow's: an index knows how many that one asked, not how many it didn't.
  if p_filter ? 'excludeSourceId' and not p_filter ? 'sourceId' then
    return format('select (%s) - (%s)', count_requests(p_filter - 'excludeSourceId'),
      count_requests(p_filter - 'excludeSourceId' || jsonb_build_object('sourceId', p_filter -> 'excludeSourceId')));
  end if;
  if p_filter - array['statuses', 'priorities'] = '{}' then
    return 'select coalesce(sum(count), 0)::int8 from request_counts where '
      || filter_requests('organization_id = $1', p_filter::json);
  end if;
  return 'select count(*) from ' || matching_requests(p_filter);
end $$;

-- As in 0016; counted by several processors, where there is much to count. A page is looked for among the newest requests
-- first. Where they don't fill it, all that match are sorted ("offset 0"), unless they are many: whoever went on from the
-- newest to the oldest would read the whole organization for a word that was last used a year ago.
create or replace function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
-- Enough for the exact bitmap of some million matches; what is listed is mostly in memory; a hash table that processes share
-- needs more of /dev/shm than a container has.
set work_mem = '64MB' set random_page_cost = 1.1 set enable_parallel_hash = off set jit = off as $$
declare
  v_filter jsonb := jsonb_strip_nulls(p_filter::jsonb);
  v_other jsonb := v_filter - array['createdAfter', 'createdBefore'];
  v_period jsonb := v_filter - array(select jsonb_object_keys(v_other));
  v_matching text := matching_requests(v_filter);
  v_page text := 'order by created_at desc, id desc limit $2 offset $3';
  v_sorted text := format('array(select id from (select id, created_at from %s offset 0) matching %s)', v_matching, v_page);
begin
  if not v_filter ? 'search' then
    v_sorted := format('case when total < 100000 then %s else array(select id from %s %s) end',
      v_sorted, v_matching, v_page);
  end if;
  return query execute format($query$
    with counted as materialized (select (%s) as total)
    select case when total > $3 then coalesce(
      case when $3 < 2000 then (
        select array_agg(id order by created_at desc, id desc) from (
          select id, created_at from (
            select id, created_at, status, priority, source, source_id, action_type, decided_at, created_by, connection_id
            from requests where %s order by created_at desc, id desc limit 2000
          ) newest where %s %s
        ) page having count(*) = least($2, total - $3)) end,
      %s) end, total
    from counted$query$,
    count_requests(v_filter), filter_requests('organization_id = $1', v_period::json),
    filter_requests('true', v_other::json), v_page, v_sorted)
  using current_organization_id(), p_limit, p_offset;
end $$;
