-- Records attempts of which some were for subscriptions. A receiver that answers 410, or fails for five days, ends its
-- subscription.
create or replace function record_subscription_attempts(p_items json) returns void
language plpgsql as $$
declare
  v_succeeded uuid[];
  v_failed uuid[];
  v_gone uuid[];
begin
  perform record_attempts(p_items);
  select array_agg(distinct i.subscription_id) filter (where i.status = 'delivered'),
    array_agg(distinct i.subscription_id) filter (where i.status <> 'delivered'),
    array_agg(distinct i.subscription_id) filter (where i.status = 'gone')
  into v_succeeded, v_failed, v_gone
  from json_to_recordset(p_items) as i (subscription_id uuid, status text) where i.subscription_id is not null;

  update subscriptions s set failing_since = null where s.id = any (v_succeeded) and s.failing_since is not null;
  update subscriptions s set failing_since = now()
  where s.id = any (v_failed) and s.id <> all (coalesce(v_succeeded, '{}')) and s.failing_since is null;
  perform end_subscriptions(v_gone, 'gone') where v_gone is not null;
  perform end_subscriptions(array_agg(s.id), 'failing') from subscriptions s
  where s.id = any (v_failed) and s.failing_since < now() - interval '5 days' having count(*) > 0;
end $$;
