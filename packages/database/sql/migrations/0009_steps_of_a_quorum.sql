-- True: the step is one place of a quorum of named people who approve in order. A different person approves each.
alter table steps add column of_quorum boolean not null default false;

-- Pending requests of the release before: named approvers in order became one step each. Steps that were set in their
-- place are no quorum, and neither are steps that came with the request beside named approvers.
update steps s set of_quorum = true
from requests r
where r.organization_id = s.organization_id and r.id = s.request_id and r.status = 'pending'
  and r.is_sequential and r.required_steps is not null
  and (select count(*) from steps x where x.organization_id = s.organization_id and x.request_id = s.request_id)
    = cardinality(r.assigned_approvers)
  and s.name is null and s.required_approvals = 1 and not s.needs_each
  and s.assigned_team_id is null and s.assigned_role is null and cardinality(s.assigned_user_ids) = 1
  and not exists (select from events e where e.organization_id = r.organization_id and e.request_id = r.id
    and e.type = 'approval.steps_replaced')
  -- A place that was delegated has another person.
  and (s.assigned_user_ids[1] = r.assigned_approvers[s.step_order] or exists (
    select from events e where e.organization_id = r.organization_id and e.request_id = r.id
      and e.type = 'approval.delegated' and e.data ->> 'step_id' = s.id::text));
