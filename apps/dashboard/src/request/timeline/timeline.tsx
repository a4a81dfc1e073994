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

/** What happened to the request and whom it was told, in order; and a place to say something. */
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

/** Oldest first; what happened in the same millisecond, as the server numbered it, and then what followed from it. */
function inOrder(
  entries: readonly TimelineEntry[],
  deliveries: readonly DeliverySummary[],
  hasEarlier: boolean,
): (TimelineEntry | DeliverySummary)[] {
  const told = [...entries].sort((a, b) => a.sequence - b.sequence);
  const from = hasEarlier ? (told[0]?.created_at ?? "") : "";
  const items: (TimelineEntry | DeliverySummary)[] = [
    ...told.filter(({ type }) => !followers.has(type)),
    ...deliveries.filter(({ created_at }) => created_at >= from).reverse(),
  ];
  // Sorting is stable, and times of one form compare as texts.
  return items.sort((a, b) =>
    a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0,
  );
}

/** What the vote before it, or the list of steps, tells already. */
const followers = new Set(["approval.step_decided"]);
