-- Adds a filter's conditions to p_where, for find_requests and find_inbox.
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
