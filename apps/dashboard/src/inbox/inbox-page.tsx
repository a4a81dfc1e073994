import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { strings } from "../strings/index.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { filtersOf, searchOf, type Filters } from "./filters.ts";
import { ListPart } from "./list-page.tsx";
import type { Source } from "./queries.ts";
import { ViewBar } from "./view-bar.tsx";

/** What needs whoever looks. */
export function InboxPage() {
  const search = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const source = useMemo<Source>(
    // What is pending is all there is here.
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
