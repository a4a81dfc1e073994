-- The audience of a request without steps: its asker, its approvers, its team, or the organization's id where everybody
-- who may approve is asked. audience_of adds the audience of a request's steps.
create or replace function request_audience(
  p_organization_id uuid, p_created_by uuid, p_connection_id uuid, p_approvers uuid[], p_team_id uuid, p_asks_all boolean)
returns uuid[]
language sql immutable parallel safe
as $$
  select array_remove(array[
    coalesce(p_created_by, p_connection_id), p_team_id, case when p_asks_all then p_organization_id end
  ], null) || coalesce(p_approvers, '{}')
$$;
