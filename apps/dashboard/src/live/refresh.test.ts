import { InfiniteQueryObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { readAgain } from "./refresh.ts";

test("what is shown is read again, but a list in which somebody has read on is only stale", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const readOne = vi.fn(() => Promise.resolve("one"));
  const readPage = vi.fn(({ pageParam }: { pageParam: number }) => Promise.resolve(pageParam));
  const readOther = vi.fn(() => Promise.resolve("other"));
  const list = new InfiniteQueryObserver(client, {
    queryKey: ["activity", "list"],
    queryFn: readPage,
    initialPageParam: 1,
    getNextPageParam: (last) => last + 1,
  });
  const stops = [
    new QueryObserver(client, { queryKey: ["activity", "one"], queryFn: readOne }).subscribe(
      () => undefined,
    ),
    new QueryObserver(client, { queryKey: ["goals"], queryFn: readOther }).subscribe(
      () => undefined,
    ),
    list.subscribe(() => undefined),
  ];
  await expect.poll(() => list.getCurrentResult().data?.pages).toEqual([1]);
  await readAgain(client, "activity");
  expect([readOne, readPage, readOther].map(({ mock }) => mock.calls.length)).toEqual([2, 2, 1]);

  await list.fetchNextPage();
  await readAgain(client, "activity");
  expect([readOne, readPage, readOther].map(({ mock }) => mock.calls.length)).toEqual([3, 3, 1]);
  expect(list.getCurrentResult()).toMatchObject({ data: { pages: [1, 2] }, isStale: true });
  for (const stop of stops) stop();
  client.clear();
});
