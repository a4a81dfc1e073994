-- Ends subscriptions and their pending deliveries.
create or replace function end_subscriptions(p_organization_id uuid, p_ids uuid[], p_reason text) returns void
language sql as $$
  with ended as (
    update subscriptions s set disabled_at = now(), disabled_reason = p_reason
    where s.organization_id = p_organization_id and s.id = any (p_ids) and s.disabled_at is null and s.deleted_at is null
    returning s.id
  ), stopped as (
    update deliveries d set status = 'gone'
    from ended where d.organization_id = p_organization_id and d.subscription_id = ended.id and d.status = 'pending'
  )
  insert into events (id, organization_id, sequence, type, actor_kind, data)
  select gen_random_uuid(), p_organization_id, 0, 'subscription.disabled', 'system', row_to_json(told)
  from ended cross join lateral (select ended.id as subscription_id, p_reason as reason) told
$$;
