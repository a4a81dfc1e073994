-- The statement that counts the rows of matching_requests.
create or replace function count_requests(p_filter jsonb) returns text
language plpgsql stable as $$
begin
  -- Counts all requests and subtracts the excluded workflow's, because an index holds those but not the others.
  if p_filter ? 'excludeSourceId' and not p_filter ? 'sourceId' then
    return format('select (%s) - (%s)', count_requests(p_filter - 'excludeSourceId'),
      count_requests(p_filter - 'excludeSourceId' || jsonb_build_object('sourceId', p_filter -> 'excludeSourceId')));
  end if;
  if p_filter - array['statuses', 'priorities'] = '{}' then
    return 'select coalesce(sum(count), 0)::int8 from request_counts where '
      || filter_requests('organization_id = $1', p_filter::json);
  end if;
  return 'select count(*) from ' || matching_requests(p_filter);
end $$;
