-- Claims due deliveries for p_lease_seconds. After that time the next call can claim a delivery again whose result was
-- not recorded. Owners (a connection, or the organization itself) take turns: each gets p_per_owner at most, each
-- origin p_per_origin. Busy organizations, owners and origins get nothing. p_bytes limits the bodies together; the
-- first is exempt.
-- Calls of appliers are signed with the applier's own secret and carry no callback headers.
create or replace function take_deliveries(
  p_limit integer, p_bytes integer, p_per_owner integer, p_per_origin integer, p_lease_seconds integer,
  p_busy_organizations uuid[], p_busy_owners uuid[], p_busy_origins text[])
returns table (
  id uuid, organization_id uuid, connection_id uuid, subscription_id uuid, request_id uuid, event_type text, url text,
  origin text, body text, attempts integer, callback_headers bytea, secret bytea, previous_secret bytea)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  c_looked_at constant integer := 500;
  v_due row_key[];
  c record;
  v_bytes bigint := 0;
  v_taken row_key[] := '{}';
  v_owners uuid[] := '{}';
  v_origins text[] := '{}';
begin
  -- In the order in which they became due, as long as they are few.
  v_due := array(
    select row(d.organization_id, d.id)::row_key from deliveries d
    where d.status = 'pending' and d.next_attempt_at <= now()
    order by d.next_attempt_at limit c_looked_at + 1);
  -- Otherwise from owner to owner, so that one owner's backlog is not read on the way to the next.
  if cardinality(v_due) > c_looked_at then
    v_due := array(
      with recursive owners as (
        (select d.organization_id, coalesce(d.connection_id, d.organization_id) as owner from deliveries d
         where d.status = 'pending' order by d.organization_id, coalesce(d.connection_id, d.organization_id) limit 1)
        union all
        select further.organization_id, further.owner from owners o cross join lateral (
          select d.organization_id, coalesce(d.connection_id, d.organization_id) as owner from deliveries d
          where d.status = 'pending'
            and (d.organization_id, coalesce(d.connection_id, d.organization_id)) > (o.organization_id, o.owner)
          order by d.organization_id, coalesce(d.connection_id, d.organization_id) limit 1) further
      )
      select row(o.organization_id, due.id)::row_key from owners o cross join lateral (
        select d.id from deliveries d
        where d.status = 'pending' and d.organization_id = o.organization_id
          and coalesce(d.connection_id, d.organization_id) = o.owner
          and d.next_attempt_at <= now() and d.origin <> all (p_busy_origins)
        order by d.next_attempt_at limit p_per_owner * 2) due
      where o.organization_id <> all (p_busy_organizations) and o.owner <> all (p_busy_owners));
  end if;

  for c in
    select ranked.organization_id, ranked.id, ranked.owner, ranked.origin, ranked.bytes
    from (
      select d.organization_id, d.id, d.owner, d.origin, d.bytes, d.next_attempt_at,
        row_number() over (partition by d.owner order by d.next_attempt_at) as turn
      from unnest(v_due) as wanted
      cross join lateral (
        select x.id, x.organization_id, coalesce(x.connection_id, x.organization_id) as owner, x.origin, x.next_attempt_at,
          octet_length(x.body) as bytes
        from deliveries x where x.organization_id = wanted.organization_id and x.id = wanted.id limit 1) d
      where d.origin <> all (p_busy_origins) and d.organization_id <> all (p_busy_organizations)
        and d.owner <> all (p_busy_owners)) ranked
    order by ranked.turn, ranked.next_attempt_at
  loop
    exit when cardinality(v_taken) >= p_limit;
    continue when cardinality(array_positions(v_owners, c.owner)) >= p_per_owner
      or cardinality(array_positions(v_origins, c.origin)) >= p_per_origin
      or (v_bytes > 0 and v_bytes + c.bytes > p_bytes);
    perform from deliveries d
    where d.organization_id = c.organization_id and d.id = c.id and (d.status = 'pending') is true and d.next_attempt_at <= now()
    for update skip locked;
    continue when not found;
    v_taken := v_taken || row(c.organization_id, c.id)::row_key;
    v_owners := v_owners || c.owner;
    v_origins := v_origins || c.origin;
    v_bytes := v_bytes + c.bytes;
  end loop;
  if v_taken = '{}' then return; end if;

  return query
  with claimed as (
    update deliveries d
    set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => p_lease_seconds),
      status = case when d.subscription_id is null
        or delivery_is_told(d.organization_id, d.subscription_id, d.event_type, d.request_id) then 'pending' else 'gone' end
    from unnest(v_taken) as taken where d.organization_id = taken.organization_id and d.id = taken.id
    returning d.*
  )
  select d.id, d.organization_id, d.connection_id, d.subscription_id, d.request_id, d.event_type, d.url, d.origin, d.body,
    d.attempts,
    case when d.subscription_id is null and d.entity_type_id is null then r.callback_headers end,
    coalesce(t.applier_secret, s.secret, c.webhook_secret, o.webhook_secret),
    case when t.id is not null then case when t.previous_applier_secret_until > now() then t.previous_applier_secret end
         when s.id is not null then case when s.previous_secret_until > now() then s.previous_secret end
         when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
         when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end
  from claimed d
  left join lateral (select * from entity_types x where x.organization_id = d.organization_id and x.id = d.entity_type_id limit 1) t on true
  left join lateral (select * from subscriptions x where x.organization_id = d.organization_id and x.id = d.subscription_id limit 1) s on true
  left join lateral (select x.callback_headers from requests x where x.organization_id = d.organization_id and x.id = d.request_id limit 1) r on true
  cross join lateral (select * from organizations x where x.id = d.organization_id limit 1) o
  left join lateral (select * from connections x where x.organization_id = d.organization_id and x.id = d.connection_id limit 1) c on true
  where d.status = 'pending';
end $$;
