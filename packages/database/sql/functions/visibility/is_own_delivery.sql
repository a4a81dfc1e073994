-- Says whether a delivery is this person's own: sent to their subscription, or the callback of a request that they made
-- themselves, through an app or through a connection that they own. Runs under row-level security.
create or replace function is_own_delivery(p_person_id uuid, p_connection_id uuid, p_subscription_id uuid, p_request_id uuid)
returns boolean language sql stable
as $$
  select exists (select from connections c where c.id = p_connection_id and c.owner_id = p_person_id)
    or case when p_subscription_id is not null
      then exists (select from subscriptions s where s.id = p_subscription_id and s.person_id = p_person_id)
      else exists (select from requests r where r.id = p_request_id and r.created_by = p_person_id) end
$$;
