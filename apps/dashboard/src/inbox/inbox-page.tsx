import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { strings } from "../strings/index.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { FilterBar } from "./filters/filter-bar.tsx";
import { filtersOf, searchOf, type Filters } from "./filters/filters.ts";
import { ListPart } from "./list/list-page.tsx";
import type { Source } from "./filters/opened-from.ts";
import { ViewBar } from "./filters/view-bar.tsx";

/** The page of requests that need the signed-in person. */
export function InboxPage() {
  const search = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const source = useMemo<Source>(
    // The inbox holds only pending requests, so it has no status filter.
    () => ({ list: "inbox", filters: { ...filtersOf(search), status: undefined } }),
    [search],
  );
  const setFilters = (filters: Filters) =>
    void navigate({ search: searchOf(filters), replace: true });
  return (
    <>
      <PageHeader title={strings.inbox.titles.inbox} />
      <ViewBar source={source} />
      <FilterBar source={source} onFilters={setFilters} />
      <ListPart key={JSON.stringify(source)} source={source} onFilters={setFilters} />
    </>
  );
}
