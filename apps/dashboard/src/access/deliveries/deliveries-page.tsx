import type { FoundDelivery } from "@sayso/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Send, SearchX } from "lucide-react";
import { useState } from "react";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { SearchBox } from "../../ui/forms/search-box.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { useTypedSearch } from "../../ui/forms/use-typed-search.ts";
import styles from "../access.module.css";
import { deliveryStatuses, withoutAbsent } from "./delivery-filter.ts";
import { DeliveryStatus } from "./delivery-status.tsx";
import { FilterChoice } from "../choice-fields.tsx";
import { FactRow } from "../fact-row.tsx";
import { deliveriesQuery, type DeliveryFilter } from "../queries.ts";
import { RedeliverDialog } from "./redeliver-dialog.tsx";

const text = access.deliveries;
/** The events that people most often look for. The page's address accepts any other. */
const commonEvents = ["approval.decided", "approval.created", "subscription.tested"] as const;

/** The page of all deliveries, sent or still to be sent, newest first. */
export function DeliveriesPage() {
  const filter = withoutAbsent(useSearch({ from: "/deliveries" }));
  const [isAsking, setAsking] = useState(false);
  const mayRedeliver = isAdmin(useMe());
  const navigate = useNavigate();
  const narrow = (change: DeliveryFilter) =>
    void navigate({
      to: "/deliveries",
      search: withoutAbsent({ ...filter, ...change }),
      replace: true,
    });
  return (
    <>
      <PageHeader
        title={text.title}
        lead={text.lead}
        actions={
          mayRedeliver && <Button onClick={() => setAsking(true)}>{text.redeliverFailed}</Button>
        }
      />
      <Filters filter={filter} onChange={narrow} />
      <Deliveries filter={filter} />
      <RedeliverDialog isOpen={isAsking} onClose={() => setAsking(false)} />
    </>
  );
}

interface FiltersProps {
  filter: DeliveryFilter;
  onChange: (change: DeliveryFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const [typed, type] = useTypedSearch(filter.target ?? "", (target) => onChange({ target }));
  const events = [...new Set([...commonEvents, ...(filter.event ? [filter.event] : [])])];
  return (
    <div className={styles.filters} role="search" aria-label={text.title}>
      <div className={styles.wide}>
        <SearchBox place="among" label={text.filterTarget} value={typed} onChange={type} />
      </div>
      <FilterChoice
        label={text.filterStatus}
        any={text.anyStatus}
        value={filter.status}
        options={deliveryStatuses.map((status) => [status, text.status[status]] as const)}
        onChange={(status) => onChange({ status })}
      />
      <FilterChoice
        label={text.filterEvent}
        any={text.anyEvent}
        value={filter.event}
        options={events.map((event) => [event, event] as const)}
        onChange={(event) => onChange({ event })}
      />
    </div>
  );
}

function Deliveries({ filter }: { filter: DeliveryFilter }) {
  const query = useInfiniteQuery({
    ...deliveriesQuery(filter),
    placeholderData: (before) => before,
  });
  if (query.isError && query.data === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton lines={6} />;
  const found = query.data.pages.flatMap(({ data }) => data);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      {found.length > 0 && (
        <Card>
          <Rows>
            {found.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} />
            ))}
          </Rows>
        </Card>
      )}
      {found.length === 0 && <NoDeliveries isFiltered={isFiltered} />}
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {isFiltered ? text.lookFurther : strings.common.loadMore}
          </Button>
        </div>
      )}
    </>
  );
}

const NoDeliveries = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <EmptyState title={text.noneTitle} icon={<SearchX aria-hidden />}>
      <p>{text.noneHint}</p>
    </EmptyState>
  ) : (
    <EmptyState title={text.emptyTitle} icon={<Send aria-hidden />}>
      <p>{text.emptyHint}</p>
    </EmptyState>
  );

function DeliveryRow({ delivery }: { delivery: FoundDelivery }) {
  const { id, event, url, status, attempts_count, next_attempt_at, last_error } = delivery;
  return (
    <FactRow
      title={
        <>
          <Link to="/deliveries/$id" params={{ id }}>
            {event}
          </Link>
          <DeliveryStatus status={status} lastError={last_error} />
        </>
      }
      facts={[
        <UntrustedText key="url" text={url} />,
        delivery.connection_name !== null && <UntrustedText text={delivery.connection_name} />,
        delivery.subscription_id === null ? text.callback : text.subscription,
        attempts_count === 0 ? text.noAttempt : text.attempts(attempts_count),
        status !== "delivered" && last_error !== null && <UntrustedText text={last_error} />,
        next_attempt_at !== null && attempts_count > 0 && (
          <>
            {text.next} <Time at={next_attempt_at} />
          </>
        ),
        <Time key="created" at={delivery.created_at} />,
      ]}
    />
  );
}
