-- Budgets: what one organization or one connection asks for holds up nobody else, and no answer grows with what is stored.

-- Whose deliveries are due, one entry of the index for each who waits: an owner is a connection, or the organization
-- itself where no connection asked.
create index deliveries_due_of_owner on deliveries (organization_id, coalesce(connection_id, organization_id), next_attempt_at)
  where status = 'pending';

-- As take_deliveries (0014), which processes of an earlier release still call, with shares: the owners take turns, and each
-- gets p_per_owner at most. p_busy_owners and p_busy_organizations have all that is theirs under way; p_bytes is what the
-- bodies may hold together, but for the first.
create function take_deliveries_in_turn(
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
  v_due uuid[];
  c record;
  v_bytes bigint := 0;
  v_taken uuid[] := '{}';
  v_owners uuid[] := '{}';
  v_origins text[] := '{}';
begin
  -- In the order in which they became due, as long as these are few: nothing stands behind them.
  v_due := array(
    select d.id from deliveries d where d.status = 'pending' and d.next_attempt_at <= now()
    order by d.next_attempt_at limit c_looked_at + 1);
  -- Otherwise from owner to owner, so that a backlog of one is not read on the way to the next.
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
      select due.id from owners o cross join lateral (
        select d.id from deliveries d
        where d.status = 'pending' and d.organization_id = o.organization_id
          and coalesce(d.connection_id, d.organization_id) = o.owner
          and d.next_attempt_at <= now() and d.origin <> all (p_busy_origins)
        order by d.next_attempt_at limit p_per_owner * 2) due
      where o.organization_id <> all (p_busy_organizations) and o.owner <> all (p_busy_owners));
  end if;

  for c in
    select ranked.id, ranked.owner, ranked.origin, ranked.bytes
    from (
      select d.id, d.owner, d.origin, d.bytes, d.next_attempt_at,
        row_number() over (partition by d.owner order by d.next_attempt_at) as turn
      from unnest(v_due) as wanted (id)
      cross join lateral (
        select x.id, x.organization_id, coalesce(x.connection_id, x.organization_id) as owner, x.origin, x.next_attempt_at,
          octet_length(x.body) as bytes
        from deliveries x where x.id = wanted.id limit 1) d
      where d.origin <> all (p_busy_origins) and d.organization_id <> all (p_busy_organizations)
        and d.owner <> all (p_busy_owners)) ranked
    order by ranked.turn, ranked.next_attempt_at
  loop
    exit when cardinality(v_taken) >= p_limit;
    continue when cardinality(array_positions(v_owners, c.owner)) >= p_per_owner
      or cardinality(array_positions(v_origins, c.origin)) >= p_per_origin
      or (v_bytes > 0 and v_bytes + c.bytes > p_bytes);
    perform from deliveries d
    where d.id = c.id and (d.status = 'pending') is true and d.next_attempt_at <= now() for update skip locked;
    continue when not found;
    v_taken := v_taken || c.id;
    v_owners := v_owners || c.owner;
    v_origins := v_origins || c.origin;
    v_bytes := v_bytes + c.bytes;
  end loop;
  if v_taken = '{}' then return; end if;

  return query
  with claimed as (
    update deliveries d
    set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => p_lease_seconds),
      status = case when d.subscription_id is null or subscription_is_told(d.subscription_id) then 'pending' else 'gone' end
    where d.id = any (v_taken) returning d.*
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
  left join lateral (select * from entity_types x where x.id = d.entity_type_id limit 1) t on true
  left join lateral (select * from subscriptions x where x.id = d.subscription_id limit 1) s on true
  left join lateral (select x.callback_headers from requests x where x.id = d.request_id limit 1) r on true
  cross join lateral (select * from organizations x where x.id = d.organization_id limit 1) o
  left join lateral (select * from connections x where x.id = d.connection_id limit 1) c on true
  where d.status = 'pending';
end $$;

-- How long each request's metadata is, as text: what is stored as it is says so by itself, the rest is unpacked here and goes
-- nowhere. Within the organization's transaction; unknown and foreign ids are absent.
create function metadata_lengths(p_ids uuid[]) returns table (place bigint, id uuid, bytes bigint)
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
begin
  return query
  select wanted.place, r.id, r.bytes
  from unnest(p_ids) with ordinality as wanted (id, place)
  cross join lateral (
    select q.id, coalesce(case when pg_column_compression(q.metadata) is null then pg_column_size(q.metadata)
                               else octet_length(q.metadata::text) end, 0)::bigint as bytes
    from requests q where q.id = wanted.id limit 1) r;
end $$;

-- Of how many of these requests, counted from the first, the metadata fits into p_bytes; 1 at least.
create function count_fitting(p_ids uuid[], p_bytes bigint) returns bigint
language sql stable as $$
  select greatest(1, count(*) filter (where total <= p_bytes))
  from (select sum(bytes) over (order by place) as total from metadata_lengths(p_ids)) m
$$;

-- As read_requests (0018), for lists, within the organization's transaction. Metadata longer than p_small is left out from
-- where it comes to more than p_bytes together; HTML is never read.
create function read_listed_requests(p_ids uuid[], p_bytes bigint, p_small bigint)
returns table (
  place bigint, request requests, is_metadata_left_out boolean, connection_name text, created_by_name text,
  decided_by_name text, decided_via_connection_name text, callback_delivered boolean, decision_reason text)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_left_out uuid[] := array(
    select m.id from (
      select l.id, l.bytes, sum(l.bytes) filter (where l.bytes > p_small) over (order by l.place) as total
      from metadata_lengths(p_ids) l) m
    where m.bytes > p_small and m.total > p_bytes);
begin
  return query
  select wanted.place, r.request, r.id = any (v_left_out), c.name, creator.name, decider.name, via.name,
    coalesce(d.is_delivered, false), ending.reason
  from unnest(p_ids) with ordinality as wanted (id, place)
  cross join lateral (
    select case when q.id = any (v_left_out) or q.context_html is not null
        -- Before it is put aside with the others: a row that is put aside is unpacked.
        then jsonb_populate_record(q, case when q.id = any (v_left_out)
          then '{"metadata": null, "context_html": null}'::jsonb else '{"context_html": null}'::jsonb end)
        else q end as request,
      q.id, q.status, q.connection_id, q.created_by, q.decided_by, q.decided_via_connection_id
    from requests q where q.id = wanted.id limit 1) r
  left join lateral (select x.name from connections x where x.id = r.connection_id limit 1) c on true
  left join lateral (select x.name from people x where x.id = r.created_by limit 1) creator on true
  left join lateral (select x.name from people x where x.id = r.decided_by limit 1) decider on true
  left join lateral (select x.name from connections x where x.id = r.decided_via_connection_id limit 1) via on true
  left join lateral (
    select x.delivered_at is not null as is_delivered from deliveries x
    where x.request_id = r.id and x.subscription_id is null and x.entity_type_id is null limit 1) d on true
  left join lateral (
    select x.data ->> 'reason' as reason from events x
    where r.status <> 'pending' and x.request_id = r.id and x.type = 'approval.' || r.status limit 1) ending on true;
end $$;
