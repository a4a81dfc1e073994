-- Finds requests of the current organization by anything but status and priority alone.
--
-- Runs as sayso_system: row-level security lets no operator but a leakproof one into an index, and the text
-- search's is not leakproof, so under the tenant policy every search would read the whole organization. The
-- tenant's condition therefore stands in the query itself; nothing but ids and a count leaves the function.
create function find_requests(p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
-- Enough for the exact bitmap of some million matches: a lossy one would compare every text again.
set work_mem = '64MB' as $$
declare
  f record;
  v_organization uuid := current_organization_id();
  v_where text := 'organization_id = $1';
begin
  select * into f from json_to_record(p_filter) as f (
    statuses json, priorities json, search text, "createdAfter" timestamptz, "createdBefore" timestamptz,
    "decidedAfter" timestamptz, "decidedBefore" timestamptz, "actionType" text, source text,
    "sourceId" text, "excludeSourceId" text);
  if f.statuses is not null then
    v_where := v_where || format(' and status = any (%L)', array(select json_array_elements_text(f.statuses)));
  end if;
  if f.priorities is not null then
    v_where := v_where || format(' and priority = any (%L)', array(select json_array_elements_text(f.priorities)));
  end if;
  if f.search is not null then
    v_where := v_where || format(' and search @@ websearch_to_tsquery(''english'', %L)', f.search);
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

  execute 'select count(*) from requests where ' || v_where into total using v_organization;
  if total > p_offset then
    execute 'select array(select id from requests where ' || v_where ||
            ' order by created_at desc, id desc limit $2 offset $3)' into ids using v_organization, p_limit, p_offset;
  end if;
  return next;
end $$;

grant create on schema public to sayso_system;
alter function find_requests (json, integer, bigint) owner to sayso_system;
revoke create on schema public from sayso_system;
revoke all on function find_requests (json, integer, bigint) from public;
grant execute on function find_requests (json, integer, bigint) to sayso_app;
