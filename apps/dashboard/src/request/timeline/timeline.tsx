import { useInfiniteQuery } from "@tanstack/react-query";
import type { DeliverySummary, TimelineEntry } from "@sayso/client";
import type { RefObject } from "react";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { timelineQuery } from "../queries.ts";
import { CommentForm } from "./comment-form.tsx";
import { DeliveryItem } from "./delivery-item.tsx";
import { EntryItem } from "./entry-item.tsx";
import styles from "./timeline.module.css";

interface TimelineProps {
  requestId: string;
  commentField: RefObject<HTMLTextAreaElement | null>;
}

/** The request's events and deliveries in order, and a form for a comment. */
export function Timeline({ requestId, commentField }: TimelineProps) {
  const query = useInfiniteQuery(timelineQuery(requestId));
  const { timeline } = strings.request;
  return (
    <Card title={timeline.title}>
      <Loaded query={query} skeleton={<Skeleton lines={3} height="2.2rem" />}>
        {({ pages }) => (
          <>
            {query.hasNextPage && (
              <Button
                size="small"
                isBusy={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {timeline.earlier}
              </Button>
            )}
            <ol className={styles.timeline}>
              {inOrder(
                pages.flatMap(({ data }) => data),
                pages[0]?.deliveries ?? [],
                query.hasNextPage,
              ).map((item) =>
                "sequence" in item ? (
                  <EntryItem key={item.id} entry={item} />
                ) : (
                  <DeliveryItem key={item.id} delivery={item} />
                ),
              )}
            </ol>
          </>
        )}
      </Loaded>
      <CommentForm requestId={requestId} field={commentField} />
    </Card>
  );
}

/**
 * Sorts entries, oldest first. Events of the same millisecond keep the server's order, and their deliveries follow
 * them.
 */
function inOrder(
  entries: readonly TimelineEntry[],
  deliveries: readonly DeliverySummary[],
  hasEarlier: boolean,
): (TimelineEntry | DeliverySummary)[] {
  const inOrder = [...entries].sort((a, b) => a.sequence - b.sequence);
  const from = hasEarlier ? (inOrder[0]?.created_at ?? "") : "";
  const items: (TimelineEntry | DeliverySummary)[] = [
    ...inOrder.filter(({ type }) => !followers.has(type)),
    ...deliveries.filter(({ created_at }) => created_at >= from).reverse(),
  ];
  // Sorting is stable, and times of one format compare as texts.
  return items.sort((a, b) =>
    a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0,
  );
}

/** The events that an earlier vote, or the list of steps, shows already. */
const followers = new Set(["approval.step_decided"]);
