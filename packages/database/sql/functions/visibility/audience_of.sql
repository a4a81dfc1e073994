-- The audience of a stored request: that of request_audience, everybody whom any of its steps names, active or not, and
-- everybody who delegated their vote. A step for the role member, or for nobody in particular, asks everybody who may
-- approve.
create or replace function audience_of(p_organization_id uuid, p_request_id uuid) returns uuid[]
language plpgsql stable security definer set search_path = public
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return (
    select array(
      select distinct a from (
        select unnest(request_audience(r.organization_id, r.created_by, r.connection_id,
          case when r.required_steps is null then r.assigned_approvers end, case when r.required_steps is null then r.assigned_team_id end,
          r.required_steps is null and r.assigned_approvers is null and r.assigned_team_id is null and not r.is_log)) as a
        union all select unnest(s.assigned_user_ids) from steps s where s.organization_id = r.organization_id and s.request_id = r.id
        union all select s.assigned_team_id from steps s where s.organization_id = r.organization_id and s.request_id = r.id
        union all select r.organization_id from steps s where s.organization_id = r.organization_id and s.request_id = r.id
          and (s.assigned_role = 'member'
            or s.assigned_user_ids is null and s.assigned_team_id is null and s.assigned_role is null)
        union all select (e.data ->> 'from')::uuid from events e
          where e.organization_id = r.organization_id and e.request_id = r.id and e.type = 'approval.delegated'
      ) asked where a is not null)
    from requests r where r.organization_id = p_organization_id and r.id = p_request_id limit 1);
end $$;
alter function audience_of(uuid, uuid) owner to sayso_system;
revoke all on function audience_of(uuid, uuid) from public;
grant execute on function audience_of(uuid, uuid) to sayso_app;
