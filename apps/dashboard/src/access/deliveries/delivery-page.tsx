import type { InspectedDelivery } from "@sayso/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { api, messageOf, queryClient } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { Attempts } from "./attempts.tsx";
import { CodeText, prettyJson } from "../code-text.tsx";
import { DeliveryStatus } from "./delivery-status.tsx";
import { Definitions } from "../fact-row.tsx";
import { deliveryQuery } from "../queries.ts";

const text = access.deliveries;

/** The page of one delivery: what was sent, what came back at each attempt, and the time of the next attempt. */
export function DeliveryPage() {
  const { id } = useParams({ from: "/deliveries/$id" });
  const query = useQuery(deliveryQuery(id));
  const delivery = query.data;
  return (
    <>
      <PageHeader
        title={delivery ? text.deliveryTitle(delivery.event) : text.title}
        above={<Link to="/deliveries">{text.back}</Link>}
        actions={delivery && <Actions delivery={delivery} />}
      />
      <Loaded query={query} skeleton={<Skeleton lines={3} height="9rem" />}>
        {(loaded) => (
          <>
            <About delivery={loaded} />
            <Attempts delivery={loaded} />
            <Body delivery={loaded} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Actions({ delivery }: { delivery: InspectedDelivery }) {
  const mayRedeliver = isAdmin(useMe());
  const redeliver = useMutation({
    mutationFn: () => api.replayDelivery({ id: delivery.id }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["deliveries"] });
      toast(text.redeliveredOne);
    },
    onError: (error) => toast(messageOf(error), "bad"),
  });
  return (
    <>
      <DeliveryStatus status={delivery.status} lastError={delivery.last_error} />
      {mayRedeliver && (
        <Button
          icon={<RotateCw aria-hidden />}
          isBusy={redeliver.isPending}
          onClick={() => redeliver.mutate()}
        >
          {text.redeliver}
        </Button>
      )}
    </>
  );
}

function About({ delivery }: { delivery: InspectedDelivery }) {
  const { id, url, request_id, connection_id, connection_name, subscription_id } = delivery;
  return (
    <Card title={text.about}>
      {!delivery.is_whole && <p className="hint">{text.notWhole}</p>}
      <Definitions
        of={[
          [
            text.to,
            <code key="to">
              <UntrustedText text={url} />
            </code>,
          ],
          [text.id, <code key="id">{id}</code>],
          [
            text.connection,
            connection_id && (
              <Link to="/connections/$id" params={{ id: connection_id }}>
                <UntrustedText text={connection_name ?? strings.common.somebodyGone} />
              </Link>
            ),
          ],
          [
            text.request,
            request_id && (
              <Link to="/requests/$id" params={{ id: request_id }}>
                {text.seeRequest}
              </Link>
            ),
          ],
          [
            text.ofSubscription,
            subscription_id && <Link to="/subscriptions">{text.seeSubscription}</Link>,
          ],
          [text.created, <Time key="made" at={delivery.created_at} as="exact" />],
          [text.delivered, delivery.delivered_at && <Time at={delivery.delivered_at} as="exact" />],
          [text.nextTry, delivery.next_attempt_at && <Time at={delivery.next_attempt_at} />],
        ]}
      />
    </Card>
  );
}

const Body = ({ delivery: { body } }: { delivery: InspectedDelivery }) => (
  <Card title={text.body}>
    <p className="hint">{body === null ? text.hiddenBody : text.bodyShown}</p>
    {body !== null && <CodeText label={text.body} text={prettyJson(body)} />}
  </Card>
);
