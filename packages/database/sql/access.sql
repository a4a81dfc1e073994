-- The policies (which rows a role sees) and the rights (which statements a role may use on a table). Both are applied
-- again when this text changes. A policy whose definition is unchanged is left alone (set_policy).
--
-- sayso_app sees one organization: the transaction's (enter_organization). sayso_system sees every row; sign-in, the
-- worker and the command line use it. Neither can bypass row-level security.

-- A row of a tenant table belongs to one organization. PostgreSQL reads the setting once for each statement, and a key
-- that begins with the organization serves the condition.
select set_policy(name, 'tenant', 'to sayso_app using (organization_id = (select current_organization_id()))')
from unnest(array[
  'memberships', 'former_members', 'teams', 'team_members', 'invitations', 'sessions', 'one_time_links',
  'personal_tokens', 'mails', 'saved_views', 'connections', 'connection_keys', 'rate_windows', 'project_months',
  'oauth_clients', 'oauth_grants', 'oauth_tokens', 'api_calls', 'api_call_hours', 'templates', 'requests',
  'request_search', 'request_counts', 'steps', 'votes', 'comments', 'events', 'flows', 'feed', 'feed_heads',
  'subscriptions', 'deliveries', 'delivery_attempts', 'goal_cycles', 'objectives', 'key_results', 'checkins', 'kpis',
  'kpi_updates', 'goal_events', 'review_cycles', 'reviews', 'entity_types', 'entities', 'changes', 'entity_history'
]) as name;
select set_policy('organizations', 'tenant', 'to sayso_app using (id = current_organization_id())');
-- An organization sees its members, also former ones, and whether its members have passkeys.
select set_policy('people', 'tenant', 'to sayso_app
  using (exists (select from memberships m where m.person_id = people.id)
         or exists (select from former_members f where f.person_id = people.id))');
select set_policy('passkeys', 'tenant', 'to sayso_app
  using (exists (select from memberships m where m.person_id = passkeys.person_id))');

-- Under the visibility "involved" a viewer sees only some requests, whatever the statement. A request's parts are
-- visible where the request is. The policies need only a request's key, which every index for lists holds.
select set_policy(name, 'visibility', 'as restrictive for select to sayso_app
  using ((select sees_every_request()) or sees_request(organization_id, id, (select viewer_keys())))')
from unnest(array['requests', 'request_search']) as name;
select set_policy(name, 'visibility', 'as restrictive for select to sayso_app
  using ((select sees_every_request()) or sees_request(organization_id, request_id, (select viewer_keys())))')
from unnest(array['steps', 'votes', 'comments', 'changes']) as name;
-- An event or a delivery can be about no request.
select set_policy(name, 'visibility', 'as restrictive for select to sayso_app
  using ((select sees_every_request()) or request_id is null or sees_request(organization_id, request_id, (select viewer_keys())))')
from unnest(array['events', 'deliveries']) as name;
select set_policy('delivery_attempts', 'visibility', 'as restrictive for select to sayso_app
  using ((select sees_every_request()) or exists (
    select from deliveries d where d.organization_id = delivery_attempts.organization_id and d.id = delivery_id))');

-- Rights of sayso_app and of sayso_system.
select set_rights(name, 'select, insert, update, delete', 'select, insert, update, delete')
from unnest(array[
  'memberships', 'teams', 'team_members', 'sessions', 'one_time_links', 'personal_tokens', 'saved_views', 'connections',
  'connection_keys', 'rate_windows', 'project_months', 'oauth_tokens', 'templates', 'request_counts', 'steps'
]) as name;
select set_rights(name, 'select, insert, update', 'select, insert, update')
from unnest(array[
  'organizations', 'people', 'invitations', 'oauth_grants', 'requests', 'request_search', 'votes', 'flows',
  'subscriptions', 'deliveries', 'goal_cycles', 'objectives', 'key_results', 'kpis', 'review_cycles', 'entity_types',
  'entities', 'changes'
]) as name;
-- Append-only.
select set_rights(name, 'select, insert', 'select, insert')
from unnest(array[
  'comments', 'events', 'delivery_attempts', 'checkins', 'kpi_updates', 'goal_events', 'entity_history'
]) as name;
-- The sequencer records that an event has its place (adopt_events). The column is no part of the event's content.
grant update (transaction_id) on events to sayso_system;
select set_rights('oauth_clients', 'select, insert, update', 'select, insert, update, delete');
select set_rights('reviews', 'select, insert, update, delete', 'select, insert, update');
select set_rights('feed', 'select', 'select, insert');
select set_rights('feed_heads', 'select', 'select, insert, update');
select set_rights('feed_state', null, 'select, update');
select set_rights('mails', 'insert', 'select, insert, update, delete');
select set_rights('delivery_hold', null, 'select, insert, delete');
select set_rights('api_calls', 'select', 'select, insert, delete');
select set_rights(name, 'select', 'select, insert, update, delete')
from unnest(array['former_members', 'passkeys', 'api_call_hours']) as name;
select set_rights(name, null, 'select, insert, update, delete')
from unnest(array[
  'passkey_challenges', 'sign_in_throttles', 'oauth_interactions', 'oauth_signing_keys'
]) as name;
