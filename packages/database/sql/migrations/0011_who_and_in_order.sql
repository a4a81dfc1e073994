-- True: the asker wrote is_sequential: false, so steps that are set later run at once as well.
alter table requests add column steps_at_once boolean not null default false;

-- The means by which somebody acted, such as an app in a person's name. Null: a person's own session or a connection by
-- itself, or the row is older than this column.
alter table comments add column via jsonb;
alter table checkins add column via jsonb;
alter table kpi_updates add column via jsonb;
