-- Records attempts. An attempt that lost its lease (another claim has raised `attempts`) is stored, but changes the
-- delivery only if it succeeded. Looks up each delivery by its id, because a join read all pending ones.
create or replace function record_attempts(p_items json) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  i record;
  v_subscription_id uuid;
begin
  insert into delivery_attempts (id, organization_id, delivery_id, attempt, started_at, duration_ms,
                                 status_code, error, response_body, request_headers, response_headers)
  select attempt_id, organization_id, delivery_id, attempt, started_at, duration_ms, status_code, error, response_body,
    request_headers, response_headers
  from json_to_recordset(p_items) as x (
    attempt_id uuid, delivery_id uuid, organization_id uuid, attempt integer, started_at timestamptz,
    duration_ms integer, status_code integer, error text, response_body text, request_headers json,
    response_headers json);

  -- In the order of ids, so that two batches can't deadlock.
  for i in
    select * from json_to_recordset(p_items) as x (
      delivery_id uuid, organization_id uuid, request_id uuid, attempt integer, status_code integer, error text,
      status text, retry_after_ms double precision, failed_event_id uuid)
    order by x.organization_id, x.delivery_id
  loop
    update deliveries d set
      status = i.status, last_status_code = i.status_code, last_error = i.error,
      delivered_at = case when i.status = 'delivered' then now() else d.delivered_at end,
      next_attempt_at = case when i.status = 'pending'
        then now() + make_interval(secs => i.retry_after_ms / 1000) else d.next_attempt_at end
    where d.organization_id = i.organization_id and d.id = i.delivery_id
      and (d.status = 'pending') is true and (d.attempts = i.attempt or i.status = 'delivered')
    returning d.subscription_id into v_subscription_id;
    if found and i.failed_event_id is not null then
      insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
      select i.failed_event_id, i.organization_id, null, 0, 'delivery.failed', 'system', row_to_json(told)
      from (select i.delivery_id, i.request_id, v_subscription_id as subscription_id, i.status, i.attempt as attempts,
              i.status_code, i.error) told;
    end if;
  end loop;
end $$;
