-- What happened before the trigger of 0020 was there. Apart from it: a transaction that reads all events holds no lock
-- meanwhile that writers wait for.
insert into goal_events (organization_id, goal_id, created_at, event_id)
select organization_id, coalesce(data ->> 'objective_id', data ->> 'kpi_id')::uuid, created_at, id from events
where request_id is null and event_family(type) in ('objective', 'key_result', 'checkin', 'kpi')
on conflict do nothing;
