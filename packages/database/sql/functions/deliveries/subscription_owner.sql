-- Says whether a subscription's owner can still be notified, and whether they are an admin.
-- A person who left and came back has another membership, and owns only subscriptions made since.
-- standing: live | paused (the connection is switched off) | gone
create or replace function subscription_owner(p_organization_id uuid, p_subscription_id uuid)
returns table (standing text, is_admin boolean)
language sql stable
as $$
  select
    case
      when c.deleted_at is not null or g.revoked_at is not null or (s.person_id is not null and m.role is null) then 'gone'
      when c.id is not null and not (c.is_active and exists (
        select from memberships om join people o on o.id = om.person_id and o.disabled_at is null
        where om.organization_id = s.organization_id and om.person_id = c.owner_id)) then 'paused'
      else 'live'
    end,
    s.connection_id is null and m.role in ('owner', 'admin')
  from subscriptions s
  left join connections c on c.organization_id = s.organization_id and c.id = s.connection_id
  left join oauth_grants g on g.id = s.grant_id
  left join lateral (
    select m.role from memberships m join people p on p.id = m.person_id and p.disabled_at is null
    where m.organization_id = s.organization_id and m.person_id = s.person_id and m.created_at <= s.created_at
  ) m on true
  where s.organization_id = p_organization_id and s.id = p_subscription_id
$$;
