import type { Context } from "../context.ts";
import type { Failpoints, Secrets } from "../capabilities.ts";
import type { DeliveryPlaces } from "../deliveries/claim-deliveries.ts";
import { LEASE_SECONDS, openSealed } from "../deliveries/claim-deliveries.ts";
import type { CommitOutcome, TransitionWrite } from "./commit.ts";
import type { LoadedRequest } from "./load.ts";

/** The callback of a transition, which this process sends itself. */
export interface CallbackClaim {
  /** The transition, with its callback stored as claimed. */
  write: TransitionWrite;
  /** Sends the callback if the transition was committed. Null: the outcome is unknown. */
  settle(outcome: CommitOutcome | null): void;
}

/**
 * Claims the callback of a transition before it is stored, if this process has a place for it. So no claim stands
 * between the commit and the first attempt. If the process dies in between, the claim ends with its lease, like any
 * other. Only for a commit of one statement, because the lease counts from the start of its transaction.
 *
 * @returns null: there is no callback, or no place for it
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
