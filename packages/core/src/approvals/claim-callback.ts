import type { Context } from "../context.ts";
import type { Failpoints, Secrets } from "../capabilities.ts";
import type { DeliveryPlaces } from "../deliveries/claim-deliveries.ts";
import { LEASE_SECONDS, openSealed } from "../deliveries/claim-deliveries.ts";
import type { CommitOutcome, TransitionWrite } from "./commit.ts";
import type { LoadedRequest } from "./load.ts";

/** A transition's callback that this process sends itself. */
export interface CallbackClaim {
  /** The transition, with its callback as claimed. */
  write: TransitionWrite;
  /** Sends it if it was committed. Null: nobody knows. */
  settle(outcome: CommitOutcome | null): void;
}

/**
 * Claims the callback of a transition before it is stored, where this process has a place for it: no claim then stands
 * between the commit and the first attempt. Whoever dies in between loses it when the lease ends, as any claim. For a
 * commit of one statement: the lease counts from the beginning of its transaction.
 *
 * @returns null where there is no callback or no place
 */
export function claimCallback(
  {
    services,
    organizationId,
  }: Pick<Context<Secrets & DeliveryPlaces & Failpoints>, "services" | "organizationId">,
  { callbackSecrets }: LoadedRequest,
  write: TransitionWrite,
): CallbackClaim | null {
  const [callback] = write.deliveries;
  const place =
    callback &&
    services.reserveDelivery({
      organizationId,
      connectionId: callback.connection_id,
      origin: callback.origin,
      bytes: Buffer.byteLength(callback.body),
    });
  if (!place) return null;
  return {
    write: { ...write, deliveries: [{ ...callback, lease_seconds: LEASE_SECONDS }] },
    settle(outcome) {
      if (outcome === null) return place.recall(callback.id);
      if (outcome !== "committed") return place.giveBack();
      services.reach("after_claim");
      place.send(() => ({
        id: callback.id,
        organizationId,
        subscriptionId: null,
        requestId: write.id,
        url: callback.url,
        origin: callback.origin,
        body: callback.body,
        attempt: 1,
        ...openSealed(services, callbackSecrets),
      }));
    },
  };
}
