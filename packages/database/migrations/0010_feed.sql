-- The events feed: the events of each organization in one order that never changes, which is also the hash chain
-- of its audit trail, and the subscriptions that are told of them. Why it is made this way, with figures:
-- docs/decisions/0009-events-feed.md.

-- Which transaction wrote an event. Whoever writes does no more for the feed than this; the order is made later.
alter table events add column transaction_id xid8 not null default '1';
alter table events alter column transaction_id set default pg_current_xact_id();
create index events_transaction on events (transaction_id);
drop index events_organization;

-- An event's place, dense from 1. Rounds add rows one after another, so whoever has read up to a position has seen
-- everything before it.
create table feed (
  organization_id uuid not null,
  position bigint not null,
  event_id uuid not null,
  -- SHA-256 of the previous entry's hash (the first: of the organization's id) and this event's text.
  hash bytea not null,
  primary key (organization_id, position)
);
-- The last line of defence for "every event once".
create unique index feed_event on feed (event_id);

create table feed_heads (
  organization_id uuid primary key,
  position bigint not null,
  hash bytea not null
) with (fillfactor = 50);

create table feed_state (
  is_only boolean primary key default true check (is_only),
  -- What this snapshot sees has its place; what committed later, or was still under way, has not.
  snapshot pg_snapshot not null,
  -- Of the server whose transaction ids these are. On another one, after a restore, they mean nothing.
  system_identifier text,
  -- After a restore: events up to this id have been looked at. Null: all of them.
  adopted_to uuid
) with (fillfactor = 10);
insert into feed_state (snapshot) values ('1:1:');

create table subscriptions (
  id uuid primary key,
  organization_id uuid not null references organizations,
  -- Whose it is: a connection's; with a grant, an app's in a person's name; a person's own.
  connection_id uuid references connections,
  grant_id uuid references oauth_grants,
  person_id uuid references people,
  target_url text not null,
  -- scheme://host:port of target_url
  origin text not null,
  -- Sorted; `approval.*` stands for all of a family.
  event_types text[] not null,
  -- Of the event's request: { priority, action_type, source, status }, each a list of what will do.
  filter jsonb not null,
  description text,
  -- SHA-256 of owner, address, types and filter: the same again is the same subscription.
  fingerprint bytea not null,
  -- Encrypted (SAYSO_SECRET). During a rotation both secrets sign until previous_secret_until.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz(3),
  -- Since when nothing but failures came back.
  failing_since timestamptz(3),
  disabled_at timestamptz(3),
  disabled_reason text check (disabled_reason in ('gone', 'failing', 'owner_gone')),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  check (connection_id is not null or person_id is not null)
);
create unique index subscriptions_once on subscriptions (organization_id, fingerprint)
  where disabled_at is null and deleted_at is null;
create index subscriptions_organization on subscriptions (organization_id, created_at desc, id desc)
  where deleted_at is null;

alter table deliveries add column subscription_id uuid;
alter table deliveries alter column request_id drop not null;
drop index deliveries_request;
-- A request leaves "pending" once, so it has at most one callback.
create unique index deliveries_request on deliveries (request_id) where subscription_id is null;
create index deliveries_told on deliveries (request_id) where subscription_id is not null;
create index deliveries_unfinished on deliveries (subscription_id)
  where subscription_id is not null and status = 'pending';

create function iso_time(p_time timestamptz) returns text
language sql stable parallel safe
as $$ select to_char(p_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

create function event_family(p_type text) returns text
language sql immutable parallel safe
as $$ select split_part(p_type, '.', 1) $$;

create function event_matches(p_type text, p_types text[]) returns boolean
language sql immutable parallel safe
as $$ select p_type = any (p_types) or event_family(p_type) || '.*' = any (p_types) $$;

-- Whether everybody in the organization may see it. The rest is for those who administer it.
create function is_for_everybody(p_type text) returns boolean
language sql immutable parallel safe
as $$ select event_family(p_type) in ('approval', 'delivery', 'subscription') $$;

-- What of an event is hashed; packages/core/src/audit/entry-hash.ts does the same.
create function entry_text(
  p_id uuid, p_request_id uuid, p_sequence integer, p_type text, p_actor_kind text, p_actor_id uuid,
  p_created_at timestamptz, p_data json) returns text
language sql stable parallel safe
as $$
  select concat_ws(E'\n', p_id, p_request_id, p_sequence, p_type, p_actor_kind, p_actor_id,
                   (extract(epoch from p_created_at) * 1000)::bigint, p_data)
$$;

-- An event as the feed shows it and as subscriptions are told it. Until its request was decided it says so; all
-- else about the request is as it is now. Unknown and foreign ids are absent.
create function describe_events(p_ids uuid[]) returns table (event_id uuid, item json)
language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
  select e.id, row_to_json(described)
  from unnest(p_ids) as wanted (id)
  cross join lateral (select * from events where events.id = wanted.id limit 1) e
  left join people actor_person on e.actor_kind = 'person' and actor_person.id = e.actor_id
  left join connections actor_connection on e.actor_kind = 'connection' and actor_connection.id = e.actor_id
  left join lateral (select * from requests where requests.id = e.request_id limit 1) r on true
  cross join lateral (
    select r.status <> 'pending' and (
      r.is_log or exists (
        select from events ending
        where ending.request_id = e.request_id and ending.sequence <= e.sequence
          and ending.type in ('approval.approved', 'approval.rejected', 'approval.cancelled', 'approval.expired'))
    ) as is_decided
  ) moment
  left join people decider on moment.is_decided and decider.id = r.decided_by
  cross join lateral (
    select e.id, e.type, e.sequence, iso_time(e.created_at) as created_at, e.organization_id, e.request_id,
      (select row_to_json(a) from (
        select e.actor_kind as kind, e.actor_id as id, coalesce(actor_person.name, actor_connection.name) as name
      ) a) as actor,
      e.data,
      case when r.id is not null then (select row_to_json(q) from (
        select r.id, r.title, r.description, case when moment.is_decided then r.status else 'pending' end as status,
          r.priority, r.action_type, r.source, r.source_id, r.source_name, r.source_url, r.metadata, r.created_by,
          r.connection_id, iso_time(r.created_at) as created_at, iso_time(r.expires_at) as expires_at,
          r.required_approvals,
          case when moment.is_decided then iso_time(r.decided_at) end as decided_at,
          case when moment.is_decided and r.decided_by is not null then (select row_to_json(d) from (
            select r.decided_by as id, decider.name, decider.email
          ) d) end as decided_by,
          case when moment.is_decided then r.decision_comment end as decision_comment
      ) q) end as request
  ) described;
end $$;

-- Whether whoever made a subscription may still be told, and whether they administer the organization.
-- standing: live | paused (a connection that is switched off for now) | gone
create function subscription_owner(p_subscription_id uuid)
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
  left join connections c on c.id = s.connection_id
  left join oauth_grants g on g.id = s.grant_id
  left join lateral (
    select m.role from memberships m join people p on p.id = m.person_id and p.disabled_at is null
    where m.organization_id = s.organization_id and m.person_id = s.person_id
  ) m on true
  where s.id = p_subscription_id
$$;

-- One delivery for each of these events and each subscription that wants it. What becomes of subscriptions and of
-- their deliveries is in the feed, but never told to subscriptions: a failing one would feed itself.
create function deliver_to_subscriptions(p_event_ids uuid[]) returns boolean
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  with told as materialized (
    select e.* from unnest(p_event_ids) as added (id)
    cross join lateral (select * from events where id = added.id limit 1) e
    where event_family(e.type) <> 'subscription' and e.data ->> 'subscription_id' is null
  ), active as materialized (
    select s.*, owner.is_admin from subscriptions s cross join lateral subscription_owner(s.id) owner
    where s.organization_id in (select organization_id from told) and s.disabled_at is null and s.deleted_at is null
      and owner.standing = 'live'
  ), wanted as materialized (
    select e.id as event_id, e.type, e.request_id, s.id as subscription_id, s.organization_id, s.connection_id,
      s.target_url, s.origin, s.filter
    from told e join active s on s.organization_id = e.organization_id and s.created_at <= e.created_at
      and event_matches(e.type, s.event_types) and (s.is_admin or is_for_everybody(e.type))
  ), described as materialized (
    select d.event_id, d.item, d.item -> 'request' as request
    from describe_events(array(select distinct w.event_id from wanted w)) d
  )
  insert into deliveries (id, organization_id, connection_id, subscription_id, request_id, event_id, event_type,
                          url, origin, body)
  select gen_random_uuid(), w.organization_id, w.connection_id, w.subscription_id, w.request_id, w.event_id, w.type,
    w.target_url, w.origin, d.item
  from wanted w join described d on d.event_id = w.event_id
  where (w.filter -> 'priority' is null or w.filter -> 'priority' ? (d.request ->> 'priority'))
    and (w.filter -> 'action_type' is null or w.filter -> 'action_type' ? (d.request ->> 'action_type'))
    and (w.filter -> 'source' is null or w.filter -> 'source' ? (d.request ->> 'source'))
    and (w.filter -> 'status' is null or w.filter -> 'status' ? (d.request ->> 'status'));
  return found;
end $$;

-- Gives those of these events that have no place yet the next ones of their organization: in the order of their
-- transactions, so that what was done later stands later, and within a request always by sequence. (Of two
-- transactions of one request, the one that began first may have waited for the other: it then comes second,
-- whatever its id.)
create function append_to_feed(
  p_ids uuid[], p_by_time boolean, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  r record;
  v_organization uuid;
  v_position bigint;
  v_hash bytea;
  v_organizations uuid[] := '{}';
  v_positions bigint[] := '{}';
  v_ids uuid[] := '{}';
  v_hashes bytea[] := '{}';
begin
  for r in
    select e.organization_id, e.id, convert_to(entry_text(
      e.id, e.request_id, e.sequence, e.type, e.actor_kind, e.actor_id, e.created_at, e.data), 'UTF8') as entry
    from unnest(p_ids) as wanted (id)
    cross join lateral (select * from events where id = wanted.id limit 1) e
    where not exists (select from feed f where f.event_id = e.id)
    order by e.organization_id,
      max(case when p_by_time then (extract(epoch from e.created_at) * 1000)::bigint
               else e.transaction_id::text::bigint end)
        over (partition by coalesce(e.request_id, e.id) order by e.sequence rows unbounded preceding),
      coalesce(e.request_id, e.id), e.sequence
  loop
    if r.organization_id is distinct from v_organization then
      v_organization := r.organization_id;
      select h.position, h.hash into v_position, v_hash from feed_heads h where h.organization_id = v_organization;
      if not found then
        v_position := 0;
        v_hash := convert_to(v_organization::text, 'UTF8');
      end if;
    end if;
    v_position := v_position + 1;
    v_hash := sha256(v_hash || r.entry);
    v_organizations := v_organizations || r.organization_id;
    v_positions := v_positions || v_position;
    v_ids := v_ids || r.id;
    v_hashes := v_hashes || v_hash;
  end loop;

  added := cardinality(v_ids);
  has_deliveries := false;
  if added = 0 then return; end if;
  insert into feed (organization_id, position, event_id, hash)
  select * from unnest(v_organizations, v_positions, v_ids, v_hashes);
  with newest as (
    insert into feed_heads as h (organization_id, position, hash)
    select distinct on (n.organization_id) n.organization_id, n.position, n.hash
    from unnest(v_organizations, v_positions, v_hashes) as n (organization_id, position, hash)
    order by n.organization_id, n.position desc
    on conflict (organization_id) do update set position = excluded.position, hash = excluded.hash
    returning h.organization_id, h.position
  )
  select json_object_agg(n.organization_id, n.position) into heads from newest n;
  if exists (
    select from subscriptions s
    where s.organization_id = any (v_organizations) and s.disabled_at is null and s.deleted_at is null
  ) then
    has_deliveries := deliver_to_subscriptions(v_ids);
  end if;
end $$;

-- These events and those that come before them in their requests.
create function with_predecessors(p_ids uuid[]) returns uuid[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return array(
    select unnest(p_ids)
    union
    select earlier.id
    from unnest(p_ids) as wanted (id)
    cross join lateral (select request_id, sequence from events where id = wanted.id limit 1) e
    cross join lateral (
      select id from events where request_id = e.request_id and sequence < e.sequence
    ) earlier);
end $$;

-- After a restore into another server: looks at the next events by id, gives a place to those that had none when
-- they were saved, and takes away transaction ids that could be mistaken for this server's.
create function adopt_events(p_state feed_state, p_limit integer, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(select id from events where id > p_state.adopted_to order by id limit p_limit);
  update events set transaction_id = '1'
  where id = any (v_ids) and transaction_id >= pg_snapshot_xmin(p_state.snapshot);
  select a.* into added, heads, has_deliveries from append_to_feed(with_predecessors(v_ids), true) a;
  update feed_state set adopted_to = v_ids[cardinality(v_ids)];
end $$;

-- The snapshot without what began from a transaction on.
create function cut_snapshot(p_snapshot pg_snapshot, p_from xid8) returns pg_snapshot
language sql immutable
as $$
  select (case when pg_snapshot_xmin(p_snapshot) < p_from then pg_snapshot_xmin(p_snapshot) else p_from end || ':'
    || p_from || ':'
    || coalesce((select string_agg(x::text, ',' order by x) from pg_snapshot_xip(p_snapshot) x where x < p_from), '')
  )::pg_snapshot
$$;

-- One round: gives committed events their places, about p_limit of them at most.
--
-- An event is new if its transaction was not visible to the snapshot of the round before: it was under way then
-- (pg_snapshot_xip), or began later (from pg_snapshot_xmax on). So nothing that commits late is missed, however
-- late, nobody waits for it, and whoever writes waits for nobody. This transaction must not write events itself: it
-- would not find them.
--
-- state: done | more (call again) | busy (another process is at it)
create function sequence_events(
  p_limit integer, out state text, out added integer, out heads json, out has_deliveries boolean)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_state feed_state;
  v_server text;
  v_found record;
begin
  added := 0;
  has_deliveries := false;
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'sequence_events must be alone in its transaction';
  end if;
  -- Unlike a row's lock this writes nothing, so that a round that finds nothing costs no flush.
  if not pg_try_advisory_xact_lock(368976, 4) then
    state := 'busy';
    return;
  end if;
  -- Statements of their own, so that their snapshots are younger than the lock.
  select * into v_state from feed_state;
  select c.system_identifier::text into v_server from pg_control_system() c;
  if v_state.system_identifier is distinct from v_server
    or pg_snapshot_xmax(v_state.snapshot) > pg_snapshot_xmax(pg_current_snapshot())
  then
    update feed_state set system_identifier = v_server, snapshot = pg_current_snapshot(),
      adopted_to = '00000000-0000-0000-0000-000000000000'
    returning * into v_state;
  end if;
  if v_state.adopted_to is not null then
    select a.* into added, heads, has_deliveries from adopt_events(v_state, p_limit) a;
    state := 'more';
    return;
  end if;

  with now as materialized (
    select pg_current_snapshot() as snapshot
  ), late as materialized (
    select e.id from pg_snapshot_xip(v_state.snapshot) as under_way (id)
    cross join lateral (select id from events where transaction_id = under_way.id) e
  ), fresh as materialized (
    select id, transaction_id from events
    where transaction_id >= pg_snapshot_xmax(v_state.snapshot) order by transaction_id limit p_limit + 1
  )
  select now.snapshot, array(select id from late) as late, array(select id from fresh) as fresh,
    (select max(transaction_id) from fresh) as last,
    case when (select count(*) from fresh) > p_limit then
      array(select id from fresh where transaction_id < (select max(transaction_id) from fresh)) end as whole
  into v_found from now;
  if cardinality(v_found.late || v_found.fresh) = 0 then
    state := 'done';
    return;
  end if;

  if v_found.whole is null then
    select a.* into added, heads, has_deliveries from append_to_feed(v_found.late || v_found.fresh, false) a;
    update feed_state set snapshot = v_found.snapshot;
    state := 'done';
    return;
  end if;
  -- Too many for one round: up to the last transaction that is whole, as if the snapshot had ended before it.
  if cardinality(v_found.whole) = 0 then
    -- One transaction wrote all of these.
    v_found.whole := array(select id from events where transaction_id = v_found.last);
    v_found.last := (v_found.last::text::bigint + 1)::text::xid8;
  end if;
  select a.* into added, heads, has_deliveries from append_to_feed(with_predecessors(v_found.late || v_found.whole), false) a;
  update feed_state set snapshot = cut_snapshot(v_found.snapshot, v_found.last);
  state := 'more';
end $$;

-- A page of an organization's feed: at most p_limit events of these types (null: any) that may be seen, among the
-- p_scan places after p_after (null: its end, and no events). mark: the first bytes of the hash at a position,
-- which says that it is this history. is_known: whether p_after, with p_mark, is a place of this history.
-- items: [position, mark in hex, event] each
create function read_feed(
  p_organization_id uuid, p_after bigint, p_mark bytea, p_types text[], p_sees_all boolean, p_limit integer,
  p_scan integer, out is_known boolean, out reached bigint, out mark bytea, out head bigint, out items json)
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_ids uuid[];
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  select h.position into head from feed_heads h where h.organization_id = p_organization_id;
  head := coalesce(head, 0);
  reached := coalesce(p_after, head);
  mark := (select substring(f.hash for 8) from feed f where f.organization_id = p_organization_id and f.position = reached);
  is_known := reached = 0 or p_after is null or coalesce(mark = p_mark, false);
  if not is_known or reached >= head then return; end if;

  with found as materialized (
    select f.position, f.hash, f.event_id
    from feed f cross join lateral (select type from events where id = f.event_id limit 1) e
    where f.organization_id = p_organization_id and f.position > reached and f.position <= least(head, reached + p_scan)
      and (p_sees_all or is_for_everybody(e.type)) and (p_types is null or event_matches(e.type, p_types))
    order by f.position limit p_limit
  ), described as materialized (
    select d.event_id, d.item from describe_events(array(select event_id from found)) d
  )
  select json_agg(json_build_array(f.position, encode(substring(f.hash for 8), 'hex'), d.item) order by f.position),
    case when count(*) = p_limit then max(f.position) else least(head, reached + p_scan) end
  into items, reached
  from found f left join described d on d.event_id = f.event_id;
  mark := (select substring(f.hash for 8) from feed f where f.organization_id = p_organization_id and f.position = reached);
end $$;

-- Whether anything may still be sent to it.
create function subscription_is_told(p_subscription_id uuid) returns boolean
language sql stable
as $$
  select exists (
    select from subscriptions s cross join lateral subscription_owner(s.id) owner
    where s.id = p_subscription_id and s.disabled_at is null and s.deleted_at is null and owner.standing <> 'gone')
$$;

-- Takes due deliveries for p_lease_seconds. Whoever doesn't record in time loses them to the next call.
-- p_busy_origins: origins with all their slots taken; their deliveries wait, the others don't.
create function take_deliveries(p_limit integer, p_per_origin integer, p_lease_seconds integer, p_busy_origins text[])
returns table (
  id uuid, organization_id uuid, subscription_id uuid, request_id uuid, event_type text, url text, origin text,
  body text, attempts integer, callback_headers bytea, secret bytea, previous_secret bytea)
language sql as $$
  with due as (
    select d.id, d.origin, d.next_attempt_at from deliveries d
    where d.status = 'pending' and d.next_attempt_at <= now() and d.origin <> all (p_busy_origins)
    order by d.next_attempt_at limit p_limit for update skip locked
  ), fair as (
    select id from (select id, row_number() over (partition by origin order by next_attempt_at) as place from due) ranked
    where place <= p_per_origin
  ), claimed as (
    update deliveries d
    set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => p_lease_seconds),
      status = case when d.subscription_id is null or subscription_is_told(d.subscription_id) then 'pending' else 'gone' end
    from fair where d.id = fair.id returning d.*
  )
  select d.id, d.organization_id, d.subscription_id, d.request_id, d.event_type, d.url, d.origin, d.body, d.attempts,
    case when d.subscription_id is null then r.callback_headers end,
    coalesce(s.secret, c.webhook_secret, o.webhook_secret),
    case when s.id is not null then case when s.previous_secret_until > now() then s.previous_secret end
         when c.id is null and o.previous_webhook_secret_until > now() then o.previous_webhook_secret
         when c.previous_webhook_secret_until > now() then c.previous_webhook_secret end
  from claimed d
  left join subscriptions s on s.id = d.subscription_id
  left join requests r on r.id = d.request_id
  join organizations o on o.id = d.organization_id
  left join connections c on c.id = d.connection_id
  where d.status = 'pending'
$$;

-- For processes of the release before this migration, which may still run beside it.
create or replace function claim_deliveries(p_limit integer, p_per_origin integer, p_lease_seconds integer, p_busy_origins text[])
returns table (
  id uuid, organization_id uuid, request_id uuid, event_type text, url text, origin text, body text,
  attempts integer, callback_headers bytea, webhook_secret bytea, previous_webhook_secret bytea)
language sql as $$
  select id, organization_id, request_id, event_type, url, origin, body, attempts, callback_headers, secret, previous_secret
  from take_deliveries(p_limit, p_per_origin, p_lease_seconds, p_busy_origins)
$$;

-- As in 0004; the event also says which subscription it was, in the compact form in which all events are.
create or replace function record_attempts(p_items json) returns void
language sql as $$
  with items as materialized (
    select * from json_to_recordset(p_items) as i (
      attempt_id uuid, delivery_id uuid, organization_id uuid, attempt integer, started_at timestamptz,
      duration_ms integer, status_code integer, error text, response_body text,
      status text, retry_after_ms double precision, failed_event_id uuid, request_id uuid)
  ), attempt_rows as (
    insert into delivery_attempts (id, organization_id, delivery_id, attempt, started_at, duration_ms,
                                   status_code, error, response_body)
    select attempt_id, organization_id, delivery_id, attempt, started_at, duration_ms, status_code, error, response_body
    from items
  ), moved as (
    update deliveries d set
      status = i.status, last_status_code = i.status_code, last_error = i.error,
      delivered_at = case when i.status = 'delivered' then now() else d.delivered_at end,
      next_attempt_at = case when i.status = 'pending'
        then now() + make_interval(secs => i.retry_after_ms / 1000) else d.next_attempt_at end
    from items i
    where d.id = i.delivery_id and d.status = 'pending' and (d.attempts = i.attempt or i.status = 'delivered')
    returning d.id, d.subscription_id
  )
  insert into events (id, organization_id, request_id, sequence, type, actor_kind, data)
  select i.failed_event_id, i.organization_id, null, 0, 'delivery.failed', 'system', row_to_json(told)
  from items i join moved m on m.id = i.delivery_id
  cross join lateral (
    select i.delivery_id, i.request_id, m.subscription_id, i.status, i.attempt as attempts, i.status_code, i.error
  ) told
  where i.failed_event_id is not null
$$;

-- Ends subscriptions, with what is still to be sent to them.
create function end_subscriptions(p_ids uuid[], p_reason text) returns void
language sql as $$
  with ended as (
    update subscriptions s set disabled_at = now(), disabled_reason = p_reason
    where s.id = any (p_ids) and s.disabled_at is null and s.deleted_at is null
    returning s.id, s.organization_id
  ), stopped as (
    update deliveries d set status = 'gone'
    from ended where d.subscription_id = ended.id and d.status = 'pending'
  )
  insert into events (id, organization_id, sequence, type, actor_kind, data)
  select gen_random_uuid(), ended.organization_id, 0, 'subscription.disabled', 'system', row_to_json(told)
  from ended cross join lateral (select ended.id as subscription_id, p_reason as reason) told
$$;

-- Records attempts of which some were for subscriptions. Whoever answers 410, or nothing but failures for five
-- days, is told no more.
create function record_subscription_attempts(p_items json) returns void
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

do $$
declare
  v_table text;
begin
  foreach v_table in array array['feed_heads', 'subscriptions'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;
-- "is true" as in 0005.
alter table feed enable row level security;
alter table feed force row level security;
create policy tenant on feed to sayso_app using ((organization_id = current_organization_id()) is true);
create policy everything on feed to sayso_system using (true);
alter table feed_state enable row level security;
alter table feed_state force row level security;
create policy everything on feed_state to sayso_system using (true);

grant select, insert on feed to sayso_system;
grant select, insert, update on feed_heads to sayso_system;
grant select, update on feed_state to sayso_system;
grant select on feed, feed_heads to sayso_app;
grant select, insert, update on subscriptions to sayso_app, sayso_system;
-- Only this column, which is no part of what an event says.
grant update (transaction_id) on events to sayso_system;
