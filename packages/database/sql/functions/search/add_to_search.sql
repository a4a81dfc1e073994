-- Adds new requests without steps to request_search.
create or replace function add_to_search() returns trigger language plpgsql as $$
begin
  insert into request_search (id, organization_id, status, priority, source, created_at, words, audience)
  select id, organization_id, status, priority, source, created_at, request_words(title, description),
    request_audience(organization_id, created_by, connection_id, assigned_approvers, assigned_team_id,
      assigned_approvers is null and assigned_team_id is null and not is_log)
  from new_requests where required_steps is null;
  return null;
end $$;
