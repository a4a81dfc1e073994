-- Writes calls to the log and adds them to the totals of their hour. p_counts: the totals, which also count calls that
-- are not in p_calls. p_after: the time of this caller's newest entry so far; no entry is put before it. Returns the
-- time of the newest entry. The commit doesn't wait for the disk.
create or replace function log_calls(p_calls json, p_counts json, p_after timestamptz) returns timestamptz
language plpgsql as $$
declare
  v_newest timestamptz := case when p_after is not null then least(p_after, now()) end;
begin
  perform set_config('synchronous_commit', 'off', true);
  with written as (
    insert into api_calls (organization_id, connection_id, at, id, method, path, operation, status, duration_ms, request_id, error_code)
    select organization_id, connection_id, greatest(now() - make_interval(secs => ago_ms / 1000), v_newest), id, method, path,
      operation, status, duration_ms, request_id, error_code
    from json_to_recordset(p_calls) as c (
      organization_id uuid, connection_id uuid, ago_ms double precision, id uuid, method text, path text, operation text,
      status integer, duration_ms integer, request_id text, error_code text)
    returning at
  )
  select greatest(v_newest, max(at)) into v_newest from written;
  -- Sorted, so that two servers can't deadlock.
  insert into api_call_hours as h (organization_id, connection_id, hour, calls, refused, failed)
  select organization_id, connection_id, date_trunc('hour', now(), 'UTC'), calls, refused, failed
  from json_to_recordset(p_counts) as c (
    organization_id uuid, connection_id uuid, calls integer, refused integer, failed integer)
  order by organization_id, connection_id
  on conflict (organization_id, connection_id, hour) do update
  set calls = h.calls + excluded.calls, refused = h.refused + excluded.refused, failed = h.failed + excluded.failed;
  return v_newest;
end $$;
