-- Records attempts, some of them for subscriptions. A subscription ends when its receiver answers 410 or fails for five
-- days.
create or replace function record_subscription_attempts(p_items json) returns void
language plpgsql as $$
declare
  o record;
begin
  perform record_attempts(p_items);
  for o in
    select i.organization_id,
      coalesce(array_agg(distinct i.subscription_id) filter (where i.status = 'delivered'), '{}') as succeeded,
      coalesce(array_agg(distinct i.subscription_id) filter (where i.status <> 'delivered'), '{}') as failed,
      coalesce(array_agg(distinct i.subscription_id) filter (where i.status = 'gone'), '{}') as gone
    from json_to_recordset(p_items) as i (organization_id uuid, subscription_id uuid, status text)
    where i.subscription_id is not null group by i.organization_id order by i.organization_id
  loop
    update subscriptions s set failing_since = null
    where s.organization_id = o.organization_id and s.id = any (o.succeeded) and s.failing_since is not null;
    update subscriptions s set failing_since = now()
    where s.organization_id = o.organization_id and s.id = any (o.failed) and s.id <> all (o.succeeded)
      and s.failing_since is null;
    perform end_subscriptions(o.organization_id, o.gone, 'gone') where o.gone <> '{}';
    perform end_subscriptions(o.organization_id, array_agg(s.id), 'failing') from subscriptions s
    where s.organization_id = o.organization_id and s.id = any (o.failed) and s.failing_since < now() - interval '5 days'
    having count(*) > 0;
  end loop;
end $$;
