-- The ids and the number of the current organization's pending requests that the person is asked to vote on and can
-- vote on now, by priority, deadline (none is last) and age. Applies the rule of
-- packages/core/src/state-machine/cast-vote.ts to all of them at once: the person is named, in the team, or of the role
-- or above, or everybody is asked; they have not voted yet, nor on another step of the same quorum; the request is not
-- their own where that is forbidden; and its deadline has not passed. Leaves out requests that only an admin's override opens.
--
-- p_through_app: an app acts in the person's name, so only the role of a member counts. Runs as sayso_system for the
-- reason given at find_requests. Reads the index of pending requests once, for any page.
create or replace function find_inbox(p_person_id uuid, p_through_app boolean, p_filter json, p_limit integer, p_offset bigint)
returns table (ids uuid[], total bigint)
language plpgsql stable security definer set search_path = public
set work_mem = '64MB' as $$
declare
  v_organization uuid := current_organization_id();
  v_four_eyes boolean;
  v_roles text[];
  v_teams uuid[];
  v_own_connections uuid[];
begin
  select o.four_eyes, case
      when p_through_app or m.role = 'member' then array['member']
      when m.role = 'admin' then array['member', 'admin'] else array['member', 'admin', 'owner'] end
    into v_four_eyes, v_roles
  from organizations o
  join memberships m on m.organization_id = o.id and m.person_id = p_person_id and m.can_approve
  join people p on p.id = m.person_id and p.disabled_at is null
  where o.id = v_organization and o.emergency_stop_at is null;
  if not found then
    ids := '{}';
    total := 0;
    return next;
    return;
  end if;
  v_teams := array(select t.team_id from team_members t
                   where t.organization_id = v_organization and t.person_id = p_person_id);
  v_own_connections := array(select c.id from connections c
                             where c.organization_id = v_organization and c.owner_id = p_person_id);

  execute format($query$
    with own_steps as materialized (
      select s.request_id from steps s
      where s.organization_id = $1 and s.status = 'active'
        and (s.assigned_user_ids is null and s.assigned_team_id is null and s.assigned_role is null
          or $2 = any (s.assigned_user_ids) or s.assigned_team_id = any ($3) or s.assigned_role = any ($4))
        and not exists (select from votes v where v.organization_id = $1 and v.step_id = s.id and v.person_id = $2 and v.voided_at is null)
        -- The steps of a quorum need different people.
        and not (s.of_quorum and exists (select from votes v where v.organization_id = $1 and v.person_id = $2 and v.request_id = s.request_id and v.voided_at is null))
    ), asked as materialized (
      select id, least(expires_at, auto_action_at) as due_at, created_at,
        case priority when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end as place
      from requests r
      where %s and status = 'pending' and coalesce(least(expires_at, auto_action_at) > clock_timestamp(), true)
        and not (($5 or is_change) and coalesce(created_by = $2, connection_id = any ($6), false))
        -- A separate query, because the index doesn't hold askers, and few organizations need it.
        and not (($5 or is_change) and exists (select from requests o where o.organization_id = $1 and o.id = r.id and 'person ' || $2 = any (o.askers)))
        and case when required_steps is not null then id in (select request_id from own_steps)
          else (assigned_approvers is null and assigned_team_id is null
              or $2 = any (assigned_approvers) or assigned_team_id = any ($3))
            -- An earlier vote was an approval: a rejection would have ended the request.
            and (current_approvals = 0 or not exists (
              select from votes v where v.organization_id = $1 and v.step_id = r.id and v.person_id = $2 and v.voided_at is null))
          end
    )
    select array(select id from asked order by place, due_at, created_at, id limit $7 offset $8),
      (select count(*) from asked)$query$, filter_requests('organization_id = $1', p_filter))
  into ids, total
  using v_organization, p_person_id, v_teams, v_roles, v_four_eyes, v_own_connections, p_limit, p_offset;
  return next;
end $$;
alter function find_inbox(uuid, boolean, json, integer, bigint) owner to sayso_system;
revoke all on function find_inbox(uuid, boolean, json, integer, bigint) from public;
grant execute on function find_inbox(uuid, boolean, json, integer, bigint) to sayso_app;
