-- Says whether a subscription can still be sent anything.
create or replace function subscription_is_told(p_organization_id uuid, p_subscription_id uuid) returns boolean
language sql stable
as $$
  select exists (
    select from subscriptions s cross join lateral subscription_owner(s.organization_id, s.id) owner
    where s.organization_id = p_organization_id and s.id = p_subscription_id and s.disabled_at is null and s.deleted_at is null and owner.standing <> 'gone')
$$;
