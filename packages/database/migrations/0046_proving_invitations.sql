-- Whether having an invitation's link shows that one reads its address, or was given it by whoever runs the server: nobody
-- else was shown it.
alter table invitations add column proves_address boolean not null default false;
