-- The member who made the link, whose right to make it is asked again when the link is used. Null: its person asked for
-- it, or the operator made it.
alter table one_time_links add column made_by uuid references people;
-- The event of a link was written in the link's transaction, after it.
update one_time_links l set made_by = (
  select e.actor_id from events e
  where e.organization_id = l.organization_id and e.id > l.id and e.created_at = l.created_at and e.actor_kind = 'person'
    and e.type in ('person.password_reset_requested', 'person.invited_again') and e.data ->> 'person_id' = l.person_id::text
  limit 1)
where l.used_at is null and l.expires_at > now();
create index one_time_links_person on one_time_links (person_id) where used_at is null;
create index one_time_links_maker on one_time_links (made_by) where used_at is null;

-- The link (as token_hash) that was open when its sender lost the right to send it. It can't be accepted any more.
-- Sending the invitation again makes another link.
alter table invitations add column lapsed_token_hash bytea;
update invitations i set lapsed_token_hash = token_hash
where i.ended_at is null and i.expires_at > now() and i.invited_by is not null and not exists (
  select from memberships m join people p on p.id = m.person_id and p.disabled_at is null
  where m.organization_id = i.organization_id and m.person_id = i.invited_by
    and (m.role = 'owner' or m.role = 'admin' and i.role <> 'owner'));
create index invitations_sender on invitations (organization_id, invited_by) where ended_at is null;
