-- All triggers. Their functions are in functions/. Applied again when this text changes; a trigger whose definition is
-- unchanged is left alone (set_trigger).

-- Search entries and audiences follow the requests and their steps.
select set_trigger('requests', 'add_to_search', 'after insert on {table} referencing new table as new_requests
  for each statement execute function add_to_search()');
select set_trigger('requests', 'add_with_steps_to_search', 'after insert on {table}
  deferrable initially deferred for each row when (new.required_steps is not null)
  execute function add_with_steps_to_search()', 'constraint trigger');
select set_trigger('requests', 'change_in_search', 'after update of status, priority, source, title, description on {table}
  for each row when ((old.status, old.priority, old.source, old.title, old.description)
    is distinct from (new.status, new.priority, new.source, new.title, new.description))
  execute function change_in_search()');
select set_trigger('requests', 'change_audience', 'after update of assigned_approvers, assigned_team_id, required_steps on {table}
  for each row when ((old.assigned_approvers, old.assigned_team_id, old.required_steps)
    is distinct from (new.assigned_approvers, new.assigned_team_id, new.required_steps))
  execute function change_audience_of_request()');
select set_trigger('steps', 'change_audience_after_insert', 'after insert on {table} referencing new table as changed_steps
  for each statement execute function change_audience_of_steps()');
select set_trigger('steps', 'change_audience_after_delete', 'after delete on {table} referencing old table as changed_steps
  for each statement execute function change_audience_of_steps()');
select set_trigger('steps', 'change_audience', 'after update of assigned_user_ids on {table}
  for each row when (old.assigned_user_ids is distinct from new.assigned_user_ids)
  execute function change_audience_of_step()');

-- Changes are applied when they are approved, and settled when their applier answers.
select set_trigger('requests', 'approved_change_is_applied', 'after update of status on {table}
  deferrable initially deferred for each row
  when (new.is_change and new.status = ''approved'' and old.status <> ''approved'')
  execute function refuse_unapplied_change()', 'constraint trigger');
select set_trigger('deliveries', 'settle_change', 'after update of status on {table} for each row
  when (new.entity_type_id is not null and new.status <> ''pending'' and old.status = ''pending'')
  execute function settle_change()');

-- The history of a goal. Events of requests cost no more than a look at request_id.
select set_trigger('events', 'note_goal_event', 'after insert on {table} for each row
  when (new.request_id is null and event_family(new.type) in (''objective'', ''key_result'', ''checkin'', ''kpi''))
  execute function note_goal_event()');
