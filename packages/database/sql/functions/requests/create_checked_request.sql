-- Stores one new request as create_requests does, if its flow is active and its project's month has room. The month
-- counts the request in the same transaction. The item adds project_id, default_plan and free_limit.
-- outcome: that of create_requests, or quota_used_up | flow_gone. resets_at: the end of the month, where the month is
-- counted.
create or replace function create_checked_request(p_organization_id uuid, p_item json, p_have_steps boolean)
returns table (outcome text, created_at timestamptz, auto_action_at timestamptz, monthly_limit integer, used integer, resets_at timestamptz)
language plpgsql as $$
declare
  i record;
  v_made record;
  v_month timestamptz := date_trunc('month', now(), 'UTC');
  v_limit integer;
  v_used integer;
begin
  perform set_config('sayso.organization_id', p_organization_id::text, true);
  select * into i from json_to_record(p_item) as i (flow_id uuid, project_id uuid, default_plan text, free_limit integer);

  if i.flow_id is not null then
    -- Holds the lock to the end, so that no run begins after its flow was deleted.
    perform from flows f where f.organization_id = p_organization_id and f.id = i.flow_id and f.status = 'active' for share;
    if not found then
      return query select 'flow_gone', null::timestamptz, null::timestamptz, null::integer, null::integer, null::timestamptz;
      return;
    end if;
  end if;

  if i.project_id is not null then
    select i.free_limit into v_limit from connections c
    where c.organization_id = p_organization_id and c.id = i.project_id and coalesce(c.plan, i.default_plan) = 'free';
  end if;
  if v_limit is not null then
    insert into project_months (organization_id, project_id, month, used)
    values (p_organization_id, i.project_id, (v_month at time zone 'UTC')::date, 0) on conflict do nothing;
    select m.used into v_used from project_months m
    where m.organization_id = p_organization_id and m.project_id = i.project_id and m.month = (v_month at time zone 'UTC')::date for update;
    if v_used >= v_limit then
      return query select 'quota_used_up', null::timestamptz, null::timestamptz, v_limit, v_used,
        (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
      return;
    end if;
  end if;

  select * into v_made from create_requests(p_organization_id, json_build_array(p_item), p_have_steps);
  if v_made.outcome = 'created' and v_limit is not null then
    v_used := v_used + 1;
    update project_months m set used = v_used
    where m.organization_id = p_organization_id and m.project_id = i.project_id and m.month = (v_month at time zone 'UTC')::date;
  end if;
  return query select v_made.outcome, v_made.created_at, v_made.auto_action_at, v_limit, v_used,
    case when v_limit is not null then (v_month at time zone 'UTC' + interval '1 month') at time zone 'UTC' end;
end $$;
