-- A template's automatic approval counts only while its author has been a member since they wrote it: a person who left
-- and came back has another membership. A process of the previous release leaves the time as it is when it writes defaults.
alter table templates add column defaults_at timestamptz(3) not null default now();
-- The author's membership is younger than the template, and their account is older than an invitation that they accepted:
-- perhaps they came back after they wrote it. An admin has to save these defaults again.
update templates t set defaults_at = t.created_at
from memberships m join people p on p.id = m.person_id
where m.organization_id = t.organization_id and m.person_id = t.defaults_by and m.created_at > t.created_at
  and exists (
    select from invitations i
    where i.organization_id = t.organization_id and i.accepted_by = t.defaults_by and i.created_at > p.created_at);

-- The reason why a vote no longer counts: its person was removed or disabled, or lost the right to approve. Null: the request
-- was revised, or the person replaced the vote.
alter table votes add column void_reason text;
