import type { Activity } from "@sayso/client";
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Download, ScrollText, SearchX } from "lucide-react";
import { api, firstPage } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../../ui/states.tsx";
import { dayOf, Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { ActivityFilters } from "./activity-filters.tsx";
import { filtersOf } from "./activity-search.ts";
import { ChainCheck } from "./chain-check.tsx";
import { actionOf, detailsOf, subjectOf } from "./describe-event.ts";
import styles from "./activity.module.css";

const route = getRouteApi("/activity");
const words = strings.organization.activity;

const ON_A_PAGE = 50;
/** The interval at which the newest page is read again, because events that only admins see make no live event. */
const AGAIN_MS = 20_000;

const activityQuery = (filters: ReturnType<typeof filtersOf>) =>
  infiniteQueryOptions({
    queryKey: ["activity", filters],
    queryFn: ({ pageParam, signal }) =>
      api.listActivity({ ...filters, limit: ON_A_PAGE, before: pageParam }, { signal }),
    initialPageParam: firstPage<number>(),
    getNextPageParam: (last) => last.next_before,
    placeholderData: keepPreviousData,
    // A list of several pages isn't read again, because it would move under the person who reads it.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : AGAIN_MS),
  });

/** The page of the audit trail, newest first, by day. */
export function ActivityPage() {
  const search = route.useSearch();
  const administers = isAdmin(useMe());
  const filters = filtersOf(search, administers);
  const query = useInfiniteQuery(activityQuery(filters));
  const isNarrowed = Object.values(search).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={<ExportMenu filters={filters} />}
      />
      <ActivityFilters search={search} administers={administers} />
      <Loaded query={query} skeleton={<Skeleton lines={8} height="2.6rem" />}>
        {({ pages }) => {
          const items = pages.flatMap(({ data }) => data);
          const names = new Map(
            pages.flatMap((page) => page.names.map(({ id, name }) => [id, name] as const)),
          );
          const searchedTo = pages.at(-1)?.searched_to ?? null;
          return (
            <>
              {items.length === 0 && !query.hasNextPage ? (
                <Nothing isNarrowed={isNarrowed} />
              ) : (
                <Days items={items} names={names} />
              )}
              {query.hasNextPage && (
                <div className={styles.more}>
                  {items.length % ON_A_PAGE !== 0 && searchedTo !== null && (
                    <p className="hint" role="status">
                      {words.searchedTo} <Time at={searchedTo} as="exact" />
                    </p>
                  )}
                  <Button
                    isBusy={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {items.length % ON_A_PAGE === 0 ? words.more : words.searchMore}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
      {administers && !isNarrowed && <ChainCheck />}
    </>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed)
    return (
      <EmptyState title={words.noneTitle} icon={<SearchX aria-hidden />}>
        <p>{words.noneText}</p>
      </EmptyState>
    );
  return (
    <EmptyState title={words.emptyTitle} icon={<ScrollText aria-hidden />}>
      <p>{words.emptyText}</p>
      <CopyBlock label={words.curlLabel} text={firstRequest()} />
    </EmptyState>
  );
}

interface ActivityList {
  items: readonly Activity[];
  names: ReadonlyMap<string, string>;
}

function Days({ items, names }: ActivityList) {
  const days = [...Map.groupBy(items, ({ created_at: at }) => dayOf(at))];
  return (
    <div className={styles.days}>
      {days.map(([day, some]) => (
        <Card key={day} title={day}>
          <ol className={styles.events}>
            {some.map((item) => (
              <Line key={item.entry} item={item} names={names} />
            ))}
          </ol>
        </Card>
      ))}
    </div>
  );
}

function Line({ item, names }: { item: Activity; names: ActivityList["names"] }) {
  const { actor, request } = item;
  const subject = request === null ? subjectOf(item, names) : null;
  const details = detailsOf(item, names);
  return (
    <li className={styles.event}>
      <span className={styles.at}>
        <Time at={item.created_at} as="clock" />
      </span>
      <div className={styles.text}>
        <p>
          <strong>
            {actor.kind === "system" ? (
              words.system
            ) : (
              <UntrustedText text={actor.full_name ?? words.gone} />
            )}
            {actor.full_name !== actor.name && ","}
          </strong>{" "}
          {actionOf(item)}{" "}
          {request !== null && (
            <Link to="/requests/$id" params={{ id: request.id }}>
              <UntrustedText text={request.title} />
            </Link>
          )}
          {subject !== null && <UntrustedText text={subject} />}
        </p>
        {details.length > 0 && (
          <details className={styles.details}>
            <summary>{words.details}</summary>
            <dl>
              {details.map(([field, value]) => (
                <div key={field}>
                  <dt>
                    <UntrustedText text={field} />
                  </dt>
                  <dd>
                    <UntrustedText text={value} />
                  </dd>
                </div>
              ))}
              <div>
                <dt>{item.type}</dt>
                <dd>{words.entry(item.entry)}</dd>
              </div>
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}

function ExportMenu({ filters }: { filters: ReturnType<typeof filtersOf> }) {
  const addressOf = (format: "csv" | "ndjson") => {
    const { types, ...others } = filters;
    const query = new URLSearchParams({
      format,
      ...others,
      ...(types && { types: types.join(",") }),
    });
    return `/api/v1/activity/export?${query.toString()}`;
  };
  return (
    <Menu trigger={<Button icon={<Download aria-hidden />}>{words.export}</Button>}>
      <MenuItem render={<a href={addressOf("csv")} download />}>{words.exportCsv}</MenuItem>
      <MenuItem render={<a href={addressOf("ndjson")} download />}>{words.exportNdjson}</MenuItem>
    </Menu>
  );
}

const firstRequest = (): string => `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"title": "Deploy v2", "description": "To production", "priority": "high"}'`;
