-- The ids that find a viewer in audiences under the visibility "involved". Null: the viewer sees every request.
-- A person has their own id, the ids of their teams and of connections that they own, and, if they may approve, the
-- organization's id. A connection has its own id, and, where it decides in its owner's name, also the owner's keys.
-- Each query names the organization, because the function runs without row-level security.
create or replace function viewer_keys_of(p_organization_id uuid, p_kind text, p_id uuid) returns uuid[]
language plpgsql stable security definer set search_path = public set plan_cache_mode = force_generic_plan as $$
declare
  c record;
  v_person uuid := p_id;
  v_keys uuid[] := '{}';
begin
  if (select o.request_visibility = 'everyone' from organizations o where o.id = p_organization_id) then return null; end if;
  if p_kind = 'connection' then
    select x.can_read_all, x.can_decide, x.owner_id into c
    from connections x where x.id = p_id and x.organization_id = p_organization_id;
    if c.can_read_all then return null; end if;
    v_keys := array[p_id];
    v_person := case when c.can_decide then c.owner_id end;
  end if;
  return v_keys || coalesce((
    select array[m.person_id] || case when m.can_approve then array[m.organization_id] else '{}' end
      || array(select t.team_id from team_members t where t.organization_id = p_organization_id and t.person_id = v_person)
      || array(select x.id from connections x where x.organization_id = p_organization_id and x.owner_id = v_person)
    from memberships m where m.organization_id = p_organization_id and m.person_id = v_person), '{}');
end $$;
alter function viewer_keys_of(uuid, text, uuid) owner to sayso_system;
revoke all on function viewer_keys_of(uuid, text, uuid) from public;
grant execute on function viewer_keys_of(uuid, text, uuid) to sayso_app;
