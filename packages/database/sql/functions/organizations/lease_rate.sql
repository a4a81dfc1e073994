-- Takes up to p_want calls out of the bucket's current window (an hour, a minute or another span). All leases of a window
-- together never exceed p_limit.
create or replace function lease_rate(
  p_organization_id uuid, p_bucket_id uuid, p_limit integer, p_want integer, p_window_seconds integer default 3600)
returns table (granted integer, remaining integer, resets_at timestamptz, observed_at timestamptz)
language plpgsql as $$
declare
  v_window timestamptz := to_timestamp(floor(extract(epoch from now()) / p_window_seconds) * p_window_seconds);
  v_used integer;
  v_granted integer;
begin
  insert into rate_windows (organization_id, bucket_id, window_seconds, window_start, used)
  values (p_organization_id, p_bucket_id, p_window_seconds, v_window, 0)
  on conflict (organization_id, bucket_id, window_seconds, window_start) do nothing;
  select w.used into v_used from rate_windows w
  where w.organization_id = p_organization_id and w.bucket_id = p_bucket_id and w.window_seconds = p_window_seconds and w.window_start = v_window for update;
  v_granted := greatest(0, least(p_want, p_limit - v_used));
  if v_granted > 0 then
    update rate_windows w set used = w.used + v_granted
    where w.organization_id = p_organization_id and w.bucket_id = p_bucket_id and w.window_seconds = p_window_seconds and w.window_start = v_window;
  end if;
  return query select v_granted, greatest(0, p_limit - v_used - v_granted),
    v_window + make_interval(secs => p_window_seconds), clock_timestamp();
end $$;
