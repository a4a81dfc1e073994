-- Lists that are counted and paged without reading the requests themselves.

-- Once for a statement, not once for each row that it passes over: a page in the middle of a million is read in a quarter
-- of the time.
alter policy tenant on requests using ((organization_id = (select current_organization_id())) is true);

-- Takes the place of requests_newest (0027); what requests are most often filtered by is in it. Oldest first, though it is
-- read from its end: what is new comes at the end of an organization's, where pages fill up, and it is half as long.
create index requests_listed on requests (organization_id, created_at, id) include (status, priority, source);
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
    v_where := v_where || format(' and id in (select s.id from request_search s where s.organization_id = $1 and %s)', match_words(f.search));
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

create function match_words(p_search text) returns text language sql immutable
as $$ select format('words @@ websearch_to_tsquery(''english'', %L)', p_search) $$;

-- The statement that counts what a filter of find_requests matches in the organization $1.
create function count_requests(p_filter jsonb) returns text
language plpgsql stable as $$
declare
  v_other jsonb := p_filter - 'search';
  v_where text;
begin
  -- All but one workflow's: an index knows how many that one asked, not how many it didn't.
  if p_filter ? 'excludeSourceId' and not p_filter ? 'sourceId' then
    return format('select (%s) - (%s)', count_requests(p_filter - 'excludeSourceId'),
      count_requests(p_filter - 'excludeSourceId' || jsonb_build_object('sourceId', p_filter -> 'excludeSourceId')));
  end if;
  v_where := filter_requests('organization_id = $1', v_other::json);
  if p_filter ? 'search' and v_other - array['statuses', 'priorities', 'source'] = '{}' then
    return format('select count(*) from request_search where %s and %s', v_where, match_words(p_filter ->> 'search'));
  end if;
  if p_filter - array['statuses', 'priorities'] = '{}' then
    return 'select coalesce(sum(count), 0)::int8 from request_counts where ' || v_where;
  end if;
  return 'select count(*) from requests where ' || filter_requests('organization_id = $1', p_filter::json);
end $$;

-- As in 0016; counted by both processors, where there is much to count.
create or replace function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
-- Enough for the exact bitmap of some million matches; and what is listed is mostly in memory.
set work_mem = '64MB' set random_page_cost = 1.1 as $$
begin
  return query execute format($query$
    with counted as materialized (select (%s) as total)
    select case when total > $3 then array(
      select id from requests where %s order by created_at desc, id desc limit $2 offset $3) end, total
    from counted$query$, count_requests(jsonb_strip_nulls(p_filter::jsonb)), filter_requests('organization_id = $1', p_filter))
  using current_organization_id(), p_limit, p_offset;
end $$;
