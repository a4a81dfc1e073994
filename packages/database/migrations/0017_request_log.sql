-- What integrators look at: the calls of each connection, and what webhooks carried.

-- A call of the API by a credential of a connection. Kept for 7 days, the newest 1,000 of each connection. Written
-- after the answer: a crash loses what the last second brought.
create table api_calls (
  organization_id uuid not null,
  connection_id uuid not null,
  -- When the answer ended.
  at timestamptz(3) not null,
  id uuid not null,
  method text not null,
  -- Without its query.
  path text not null,
  -- `resource.verb`; null: no operation is there.
  operation text,
  -- 499: the caller hung up before the answer began.
  status integer not null,
  duration_ms integer not null,
  request_id text not null,
  error_code text,
  primary key (connection_id, at, id)
);
create index api_calls_at on api_calls (at);

-- How many there were, also of those that the log has forgotten or never held.
create table api_call_hours (
  organization_id uuid not null,
  connection_id uuid not null,
  hour timestamptz(3) not null,
  calls integer not null,
  -- 400 to 499, and from 500 on.
  refused integer not null,
  failed integer not null,
  primary key (connection_id, hour)
);
create index api_call_hours_hour on api_call_hours (hour);

-- Writes calls down, and counts them with those of which only the number is known. The commit doesn't wait for the disk.
create function record_calls(p_calls json, p_counts json) returns void
language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into api_calls (organization_id, connection_id, at, id, method, path, operation, status, duration_ms, request_id, error_code)
  select organization_id, connection_id, now() - make_interval(secs => ago_ms / 1000), id, method, path, operation,
    status, duration_ms, request_id, error_code
  from json_to_recordset(p_calls) as c (
    organization_id uuid, connection_id uuid, ago_ms double precision, id uuid, method text, path text, operation text,
    status integer, duration_ms integer, request_id text, error_code text);
  -- Sorted, so that replicas don't wait for each other crosswise.
  insert into api_call_hours as h (organization_id, connection_id, hour, calls, refused, failed)
  select organization_id, connection_id, date_trunc('hour', now(), 'UTC'), calls, refused, failed
  from json_to_recordset(p_counts) as c (
    organization_id uuid, connection_id uuid, calls integer, refused integer, failed integer)
  order by connection_id
  on conflict (connection_id, hour) do update
  set calls = h.calls + excluded.calls, refused = h.refused + excluded.refused, failed = h.failed + excluded.failed;
end $$;

-- Forgets up to p_part calls: of those older than 7 days, and of each connection that called in the last two hours all but
-- the newest p_kept. Returns how many it were: where as many, there may be more.
create function forget_calls(p_kept integer, p_part integer) returns integer
language plpgsql as $$
declare
  v_old integer;
  v_more integer;
begin
  delete from api_call_hours where hour < now() - interval '8 days';
  delete from api_calls c
  using (select connection_id, at, id from api_calls where at < now() - interval '7 days' limit p_part) old
  where (c.connection_id, c.at, c.id) = (old.connection_id, old.at, old.id);
  get diagnostics v_old = row_count;
  delete from api_calls c
  using (
    select more.* from (select distinct connection_id from api_call_hours where hour >= now() - interval '2 hours') busy
    cross join lateral (
      select k.connection_id, k.at, k.id from api_calls k where k.connection_id = busy.connection_id
      order by k.at desc, k.id desc offset p_kept
    ) more limit p_part - v_old
  ) more
  where (c.connection_id, c.at, c.id) = (more.connection_id, more.at, more.id);
  get diagnostics v_more = row_count;
  return v_old + v_more;
end $$;

-- Each header by its name; values that only the receiver may know are left out. Null: sent before this was kept, or never.
alter table delivery_attempts add column request_headers json;
alter table delivery_attempts add column response_headers json;

-- As in 0010, with the headers.
create or replace function record_attempts(p_items json) returns void
language sql as $$
  with items as materialized (
    select * from json_to_recordset(p_items) as i (
      attempt_id uuid, delivery_id uuid, organization_id uuid, attempt integer, started_at timestamptz,
      duration_ms integer, status_code integer, error text, response_body text, request_headers json,
      response_headers json, status text, retry_after_ms double precision, failed_event_id uuid, request_id uuid)
  ), attempt_rows as (
    insert into delivery_attempts (id, organization_id, delivery_id, attempt, started_at, duration_ms,
                                   status_code, error, response_body, request_headers, response_headers)
    select attempt_id, organization_id, delivery_id, attempt, started_at, duration_ms, status_code, error, response_body,
      request_headers, response_headers
    from items
  ), moved as (
    update deliveries d set
      status = i.status, last_status_code = i.status_code, last_error = i.error,
      delivered_at = case when i.status = 'delivered' then now() else d.delivered_at end,
      next_attempt_at = case when i.status = 'pending'
        then now() + make_interval(secs => i.retry_after_ms / 1000) else d.next_attempt_at end
    from items i
    where d.id = i.delivery_id and d.status = 'pending' and (d.attempts = i.attempt or i.status = 'delivered')
    returning d.id, d.subscription_id
  )
  insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
  select i.failed_event_id, i.organization_id, null, 0, 'delivery.failed', 'system', row_to_json(told)
  from items i join moved m on m.id = i.delivery_id
  cross join lateral (
    select i.delivery_id, i.request_id, m.subscription_id, i.status, i.attempt as attempts, i.status_code, i.error
  ) told
  where i.failed_event_id is not null
$$;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['api_calls', 'api_call_hours'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    -- "is true" as in 0005.
    execute format('create policy tenant on %I to sayso_app using ((organization_id = current_organization_id()) is true)', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
grant select on api_calls, api_call_hours to sayso_app;
grant select, insert, delete on api_calls to sayso_system;
grant select, insert, update, delete on api_call_hours to sayso_system;
