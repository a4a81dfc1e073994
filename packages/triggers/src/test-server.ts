import type { Priority } from "@sayso/client";
import { signWebhook } from "@sayso/signature";
import { sampleItem } from "./sample-item.ts";
import { isWanted } from "./filter.ts";
import type { EventItem } from "./item.ts";
import { HEAD, type Port, type SubscriptionBody } from "./port.ts";

/** The fate of one call of the port: its request or its answer can get lost. */
export type CallFate = "ok" | "unreached" | "answer_lost";

/** A webhook that the server has to send until it is answered with a 2xx. */
export interface ModelDelivery {
  webhookId: string;
  subscription: ModelSubscription;
  item: EventItem;
  status: "pending" | "delivered" | "gone";
}

export interface ModelSubscription extends SubscriptionBody {
  id: string;
  secret: string;
  disabled_at: string | null;
}

/** The value of `now` everywhere in these tests. */
export const NOW = new Date("2026-03-02T12:00:00Z");

export class Refusal extends Error {
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, field?: string) {
    super(field ? `${code} at ${field}` : code);
    this.code = code;
    this.details = field ? { fields: [{ field, message: "is wrong" }] } : undefined;
  }
}

/**
 * The API of these tests. It keeps the API's guarantees about the feed, subscriptions and deliveries, and no others.
 * Its feed is in the order of commits, so ids and times of events are not in order.
 */
export class ModelServer {
  /** In the order in which readers see them. */
  feed: EventItem[] = [];
  readonly subscriptions: ModelSubscription[] = [];
  readonly deliveries: ModelDelivery[] = [];
  readonly requests = new Map<string, { id: string; status: string }>();
  calls = 0;
  private made = 0;

  /** Makes an event that nobody sees before it is committed. */
  begin(type = "approval.approved", priority: Priority = "high"): EventItem {
    const n = ++this.made;
    const sample = sampleItem(type);
    return {
      ...sample,
      id: `event-${String(n).padStart(5, "0")}`,
      sequence: n,
      created_at: new Date(NOW.getTime() + n).toISOString(),
      request: { ...sample.request, priority },
    };
  }

  commit(item: EventItem): void {
    this.feed.push(item);
    for (const one of this.subscriptions) {
      if (one.disabled_at !== null) continue;
      if (!isWanted(item, { types: one.event_types, filter: one.filter })) continue;
      const webhookId = `delivery-${this.deliveries.length}`;
      this.deliveries.push({ webhookId, subscription: one, item, status: "pending" });
    }
  }

  happen(count: number, type?: string, priority?: Priority): EventItem[] {
    const items = Array.from({ length: count }, () => this.begin(type, priority));
    items.forEach((item) => this.commit(item));
    return items;
  }

  /** Goes back to a backup with the first `length` events. */
  restore(length: number): void {
    this.feed = this.feed.slice(0, length);
  }

  pending(): ModelDelivery[] {
    return this.deliveries.filter((one) => one.status === "pending");
  }

  /** Signs one attempt as it is sent. */
  attempt({ webhookId, item, subscription }: ModelDelivery) {
    const body = JSON.stringify(item);
    const timestampSeconds = NOW.getTime() / 1000;
    const { secret } = subscription;
    return {
      headers: signWebhook({ id: webhookId, timestampSeconds, body, secrets: [secret] }),
      body,
    };
  }

  answered(delivery: ModelDelivery, status: number): void {
    if (status === 200) delivery.status = "delivered";
    if (status === 410) this.end(delivery.subscription);
  }

  /**
   * The port of one credential.
   *
   * @param fate of the next call; default: all are served
   * @param travel awaited before and after each call, so that other calls come in between
   */
  port({
    fate = () => "ok",
    travel = () => Promise.resolve(),
    scanMax = 7,
  }: {
    fate?: () => CallFate;
    travel?: () => Promise<unknown>;
    /** The number of events that a page looks at, whatever their type. */
    scanMax?: number;
  } = {}): Port {
    const serve = async <T>(work: () => T): Promise<T> => {
      this.calls++;
      const planned = fate();
      await travel();
      if (planned === "unreached") throw new Error("connection refused");
      const answer = attemptOf(work);
      await travel();
      if (planned === "answer_lost") throw new Error("connection reset");
      if ("refusal" in answer) throw answer.refusal;
      return structuredClone(answer.value);
    };
    return {
      listEvents: (query) => serve(() => this.page(query, scanMax)),
      recentEvents: ({ types = [], limit }) =>
        serve(() => ({
          data: this.feed.filter((item) => isWanted(item, { types })).slice(-limit),
          next_cursor: this.cursor(this.feed.length),
          has_more: false,
        })),
      createSubscription: (wish) => serve(() => this.subscribe(wish)),
      getSubscription: (id) => serve(() => this.subscription(id)),
      deleteSubscription: (id) =>
        serve(() => {
          const one = this.subscription(id);
          this.end(one);
          this.subscriptions.splice(this.subscriptions.indexOf(one), 1);
        }),
      getRequest: (id) =>
        serve(() => {
          const request = this.requests.get(id);
          if (!request) throw new Refusal("NOT_FOUND");
          return request;
        }),
    };
  }

  private page(
    { after, types = [], limit = 50 }: Parameters<Port["listEvents"]>[0],
    scanMax: number,
  ) {
    const start = after === HEAD ? this.feed.length : this.place(after);
    const data: EventItem[] = [];
    let place = start;
    for (const item of this.feed.slice(start, start + scanMax)) {
      if (data.length === limit) break;
      place++;
      if (isWanted(item, { types })) data.push(item);
    }
    return { data, next_cursor: this.cursor(place), has_more: place < this.feed.length };
  }

  private cursor(place: number): string {
    return `${place}~${this.feed[place - 1]?.id ?? ""}`;
  }

  private place(cursor: string): number {
    const place = Number(cursor.split("~")[0]);
    if (this.cursor(place) !== cursor) throw new Refusal("VALIDATION_ERROR", "after");
    return place;
  }

  private subscribe(wish: SubscriptionBody): ModelSubscription {
    const key = (one: SubscriptionBody) =>
      JSON.stringify([one.target_url, [...one.event_types].sort(), one.filter ?? {}]);
    const active = this.subscriptions.find(
      (one) => one.disabled_at === null && key(one) === key(wish),
    );
    if (active) return active;
    const id = `subscription-${++this.made}`;
    const secret = `whsec_${btoa(id.padEnd(24, "."))}`;
    const made = { ...wish, id, secret, disabled_at: null };
    this.subscriptions.push(made);
    return made;
  }

  private subscription(id: string): ModelSubscription {
    const found = this.subscriptions.find((one) => one.id === id);
    if (!found) throw new Refusal("NOT_FOUND");
    return found;
  }

  private end(subscription: ModelSubscription): void {
    subscription.disabled_at = NOW.toISOString();
    for (const one of this.deliveries)
      if (one.subscription === subscription && one.status === "pending") one.status = "gone";
  }
}

function attemptOf<T>(work: () => T): { value: T } | { refusal: unknown } {
  try {
    return { value: work() };
  } catch (refusal) {
    return { refusal };
  }
}
