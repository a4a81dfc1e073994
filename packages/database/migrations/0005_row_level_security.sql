-- sayso_app sees one organization, the one set for its transaction. sayso_system (sign-in, the worker, the
-- command line) sees all. Neither can bypass row-level security; the roles themselves are made by migrate.

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'memberships', 'teams', 'team_members', 'connections', 'connection_keys', 'personal_tokens', 'sessions',
    'one_time_links', 'rate_windows', 'templates', 'request_counts'
  ] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using (organization_id = current_organization_id())', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
  -- "is true" keeps the policy out of the choice of index (0002).
  foreach v_table in array array[
    'requests', 'steps', 'votes', 'comments', 'events', 'deliveries', 'delivery_attempts'
  ] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I to sayso_app using ((organization_id = current_organization_id()) is true)', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
  foreach v_table in array array['organizations', 'people', 'sign_in_throttles'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy everything on %I to sayso_system using (true)', v_table);
  end loop;
end $$;

create policy tenant on organizations to sayso_app using (id = current_organization_id());
create policy tenant on people to sayso_app
  using (exists (select from memberships m where m.person_id = people.id));

grant select, insert, update, delete on all tables in schema public to sayso_app, sayso_system;
revoke all on sign_in_throttles from sayso_app;
-- Append-only.
revoke update, delete on events, delivery_attempts, comments from sayso_app, sayso_system;
revoke delete on requests, votes, deliveries, people, organizations from sayso_app, sayso_system;
