-- Settles a change by its applier's answer, in the transaction that records the answer.
create or replace function settle_change() returns trigger
language plpgsql as $$
declare
  c changes;
begin
  select * into c from changes where organization_id = new.organization_id and request_id = new.request_id for update;
  if c.state <> 'applying' then return null; end if;
  if new.status = 'delivered' then
    update changes set state = 'applied', applied_at = now() where organization_id = c.organization_id and request_id = c.request_id;
    update entities e set version = c.entity_version, body = c.after, name = c.entity_name,
      applying_request_id = null, updated_at = now()
    where e.organization_id = c.organization_id and e.entity_type = c.entity_type and e.entity_id = c.entity_id;
    insert into entity_history (organization_id, entity_type, entity_id, version, event_id)
    select c.organization_id, c.entity_type, c.entity_id, c.entity_version,
      append_request_event(c.organization_id, c.request_id, 'change.applied', 'system', null, row_to_json(told))
    from (select c.entity_type, c.entity_id, c.entity_name, c.action, c.made_for_version, c.entity_version, c.before, c.after) told;
  else
    update changes set state = 'failed' where organization_id = c.organization_id and request_id = c.request_id;
    perform append_request_event(c.organization_id, c.request_id, 'change.apply_failed', 'system', null, row_to_json(told))
    from (select c.entity_type, c.entity_id, c.entity_name, c.action, new.attempts, new.last_status_code as status_code,
            new.last_error as error) told;
  end if;
  return null;
end $$;
