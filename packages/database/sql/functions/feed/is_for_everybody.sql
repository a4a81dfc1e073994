-- Says whether every member may see events of this type. Only admins see the others. Reviews are private; goals and
-- changes are not.
create or replace function is_for_everybody(p_type text) returns boolean
language sql immutable parallel safe
as $$
  select event_family(p_type) in (
    'approval', 'delivery', 'subscription', 'change', 'cycle', 'objective', 'key_result', 'checkin', 'kpi', 'review_cycle')
$$;
