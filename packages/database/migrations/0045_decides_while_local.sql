-- What a start on a localhost address gives its first key, nobody chose: it ends where Sayso has another address.
alter table connections add column decides_while_local boolean not null default false;

-- A start gave it so far to the first connection, in the transaction that made it: known by the name of that moment, whatever
-- it is called now, and only as long as nobody agreed to its votes anew.
set local role sayso_system;
update connections c set decides_while_local = true
from events e
where c.can_decide and c.decides_by = 'command_line' and c.decides_since = c.created_at
  and e.organization_id = c.organization_id and e.created_at = c.created_at and e.request_id is null
  and e.type = 'connection.created' and e.data ->> 'connection_id' = c.id::text and e.data ->> 'name' = 'First key'
  and not exists (
    select from connections o
    where o.organization_id = c.organization_id and (o.created_at, o.id) < (c.created_at, c.id)
      and (o.deleted_at is null or o.deleted_at > c.created_at));
reset role;
