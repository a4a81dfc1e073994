-- Writes the steps of committed items as they are now. Deletes steps that are gone from the list, which happens only
-- before the first vote. Voids votes where the item says so: all (void_votes), those of a person who may approve no more
-- (void_votes_of), and the vote of a person who replaces it.
create or replace function store_steps(p_organization_id uuid, p_items json, p_committed uuid[]) returns void
language plpgsql as $$
begin
  update votes v set voided_at = now()
  from json_to_recordset(p_items) as i (id uuid, void_votes boolean)
  where i.void_votes and i.id = any (p_committed) and v.organization_id = p_organization_id and v.request_id = i.id and v.voided_at is null;

  update votes v set voided_at = now(), void_reason = i.void_reason
  from json_to_recordset(p_items) as i (id uuid, void_votes_of uuid, void_reason text)
  where i.id = any (p_committed) and v.organization_id = p_organization_id and v.request_id = i.id
    and v.person_id = i.void_votes_of and v.voided_at is null;

  update votes v set voided_at = now()
  from json_to_recordset(p_items) as i (id uuid, votes json),
    json_to_recordset(i.votes) as n (step_id uuid, person_id uuid, replaces boolean)
  where n.replaces and i.id = any (p_committed) and v.organization_id = p_organization_id and v.request_id = i.id
    and v.step_id = n.step_id and v.person_id = n.person_id and v.voided_at is null;

  delete from steps s
  using json_to_recordset(p_items) as i (id uuid, steps json)
  where i.id = any (p_committed) and i.steps is not null and s.organization_id = p_organization_id and s.request_id = i.id
    and s.id not in (select x.id from json_to_recordset(i.steps) as x (id uuid));

  insert into steps as s (id, organization_id, request_id, step_order, name, status, required_approvals,
                          assigned_user_ids, assigned_team_id, assigned_role, needs_each, of_quorum, decided_at, decided_by)
  select x.id, p_organization_id, i.id, x.step_order, x.name, x.status, x.required_approvals,
    case when x.assigned_user_ids is not null
      then array(select a::uuid from json_array_elements_text(x.assigned_user_ids) a) end,
    x.assigned_team_id, x.assigned_role, coalesce(x.needs_each, false),
    coalesce(x.of_quorum, false), x.decided_at, x.decided_by
  from json_to_recordset(p_items) as i (id uuid, steps json), json_to_recordset(i.steps) as x (
    id uuid, step_order integer, name text, status text, required_approvals integer,
    assigned_user_ids json, assigned_team_id uuid, assigned_role text, needs_each boolean, of_quorum boolean,
    decided_at timestamptz, decided_by uuid)
  where i.id = any (p_committed)
  on conflict (organization_id, id) do update set
    status = excluded.status, assigned_user_ids = excluded.assigned_user_ids,
    decided_at = excluded.decided_at, decided_by = excluded.decided_by;
end $$;
