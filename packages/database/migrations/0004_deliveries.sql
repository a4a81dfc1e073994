-- How the worker takes deliveries and says what became of them, many at a time.

-- Takes due deliveries for p_lease_seconds. Whoever doesn't record in time loses them to the next claim.
-- p_busy_origins: origins with all their slots taken; their deliveries wait, the others don't.
create function claim_deliveries(p_limit integer, p_per_origin integer, p_lease_seconds integer, p_busy_origins text[])
returns table (
  id uuid, organization_id uuid, request_id uuid, event_type text, url text, origin text, body text,
  attempts integer, callback_headers bytea, webhook_secret bytea, previous_webhook_secret bytea)
language sql as $$
  with due as (
    select d.id, d.origin, d.next_attempt_at from deliveries d
    where d.status = 'pending' and d.next_attempt_at <= now() and d.origin <> all (p_busy_origins)
    order by d.next_attempt_at limit p_limit for update skip locked
  ), fair as (
    select id from (select id, row_number() over (partition by origin order by next_attempt_at) as place from due) ranked
    where place <= p_per_origin
  ), claimed as (
    update deliveries d
    set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => p_lease_seconds)
    from fair where d.id = fair.id returning d.*
  )
  select d.id, d.organization_id, d.request_id, d.event_type, d.url, d.origin, d.body, d.attempts,
    r.callback_headers, coalesce(c.webhook_secret, o.webhook_secret),
    case when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
         when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end
  from claimed d
  left join requests r on r.id = d.request_id
  join organizations o on o.id = d.organization_id
  left join connections c on c.id = d.connection_id
$$;

-- Records attempts. A result that comes after its lease was lost (another claim has raised attempts)
-- leaves its attempt row but doesn't move the delivery, unless it was a success.
create function record_attempts(p_items json) returns void
language sql as $$
  with items as materialized (
    select * from json_to_recordset(p_items) as i (
      attempt_id uuid, delivery_id uuid, organization_id uuid, attempt integer, started_at timestamptz,
      duration_ms integer, status_code integer, error text, response_body text,
      status text, retry_after_ms double precision, failed_event_id uuid, request_id uuid)
  ), attempt_rows as (
    insert into delivery_attempts (id, organization_id, delivery_id, attempt, started_at, duration_ms,
                                   status_code, error, response_body)
    select attempt_id, organization_id, delivery_id, attempt, started_at, duration_ms, status_code, error, response_body
    from items
  ), moved as (
    update deliveries d set
      status = i.status, last_status_code = i.status_code, last_error = i.error,
      delivered_at = case when i.status = 'delivered' then now() else d.delivered_at end,
      next_attempt_at = case when i.status = 'pending'
        then now() + make_interval(secs => i.retry_after_ms / 1000) else d.next_attempt_at end
    from items i
    where d.id = i.delivery_id and d.status = 'pending' and (d.attempts = i.attempt or i.status = 'delivered')
    returning d.id
  )
  insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
  select i.failed_event_id, i.organization_id, null, 0, 'delivery.failed', 'system',
    json_build_object('delivery_id', i.delivery_id, 'request_id', i.request_id, 'status', i.status,
                      'attempts', i.attempt, 'status_code', i.status_code, 'error', i.error)
  from items i join moved m on m.id = i.delivery_id
  where i.failed_event_id is not null
$$;
