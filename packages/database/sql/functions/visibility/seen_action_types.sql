-- The action types of the newest 20,000 requests that the viewer sees. For viewers who don't see every request.
create or replace function seen_action_types(p_limit integer) returns table (action_type text)
language plpgsql stable security definer set search_path = public set work_mem = '64MB' set jit = off as $$
begin
  return query execute format($query$
    select distinct r.action_type
    from (select seen.id from seen_requests($1, %L) seen order by seen.created_at desc limit 20000) newest
    join requests r on r.organization_id = $1 and r.id = newest.id
    where r.action_type is not null order by r.action_type limit %s$query$, viewer_keys(), p_limit)
  using current_organization_id();
end $$;
alter function seen_action_types(integer) owner to sayso_system;
revoke all on function seen_action_types(integer) from public;
grant execute on function seen_action_types(integer) to sayso_app;
