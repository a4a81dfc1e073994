import type { NewSubscription, Subscription } from "@sayso/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis, KeyRound, Plus, Trash2, Webhook } from "lucide-react";
import { useState } from "react";
import { api, messageOf, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { Button, buttonClass, IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/dialogs/confirm-dialog.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { exactTimeOf, Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { NewSubscriptionDialog } from "./new-subscription-dialog.tsx";
import { goConfirm } from "../../go-confirm.ts";
import { SecretsDialog } from "../secrets-dialog.tsx";
import { FactRow } from "../fact-row.tsx";
import { subscriptionsQuery } from "../queries.ts";

const text = access.subscriptions;

interface Shown {
  secret: string;
  note?: string;
}

/** The page of subscriptions. */
export function SubscriptionsPage() {
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState<Shown | null>(null);
  const query = useQuery(subscriptionsQuery);
  return (
    <>
      <PageHeader
        title={text.title}
        lead={text.lead}
        actions={
          <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
            {text.create}
          </Button>
        }
      />
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title={text.emptyTitle} icon={<Webhook aria-hidden />}>
              <p>{text.emptyHint}</p>
              <CopyBlock label={text.command} text={text.example(location.origin)} />
            </EmptyState>
          ) : (
            <SubscriptionList subscriptions={data} onSecret={setShown} />
          )
        }
      </Loaded>
      <NewSubscriptionDialog
        isOpen={isMaking}
        onClose={() => setMaking(false)}
        onMade={({ secret }: NewSubscription) => setShown({ secret })}
      />
      <SecretsDialog
        title={text.createdTitle}
        lead={text.createdHint}
        done={text.copied}
        onClose={() => setShown(null)}
        secrets={shown && [{ label: text.secret, text: shown.secret }]}
      >
        {shown?.note !== undefined && <p>{shown.note}</p>}
      </SecretsDialog>
    </>
  );
}

interface SubscriptionListProps {
  subscriptions: readonly Subscription[];
  onSecret: (shown: Shown) => void;
}

function SubscriptionList({ subscriptions, onSecret }: SubscriptionListProps) {
  const [asked, setAsked] = useState<{ verb: "delete" | "rotate"; id: string } | null>(null);
  const close = () => setAsked(null);
  return (
    <Card>
      <Rows>
        {subscriptions.map((subscription) => (
          <SubscriptionRow
            key={subscription.id}
            subscription={subscription}
            onAsk={(verb) => setAsked({ verb, id: subscription.id })}
          />
        ))}
      </Rows>
      <ConfirmDialog
        isOpen={asked?.verb === "delete"}
        onClose={close}
        title={text.deleteTitle}
        verb={text.delete}
        onConfirm={async () => {
          if (asked) await api.deleteSubscription({ id: asked.id });
          await queryClient.invalidateQueries({ queryKey: ["subscriptions"] });
          toast(text.deleted);
        }}
      >
        <p>{text.deleteHint}</p>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asked?.verb === "rotate"}
        onClose={close}
        title={text.rotateTitle}
        verb={text.rotate}
        kind="primary"
        onConfirm={async () => {
          if (!asked) return;
          const made = await api.rotateSubscriptionSecret({ id: asked.id }).catch(goConfirm);
          if (!made) return;
          const note = `${text.oldUntil} ${exactTimeOf(made.old_secret_expires_at)}.`;
          onSecret({ secret: made.secret, note });
        }}
      >
        <p>{text.rotateHint}</p>
      </ConfirmDialog>
    </Card>
  );
}

interface SubscriptionRowProps {
  subscription: Subscription;
  onAsk: (verb: "delete" | "rotate") => void;
}

function SubscriptionRow({ subscription, onAsk }: SubscriptionRowProps) {
  const { id, target_url, description, filter, created_at, failing_since } = subscription;
  const isActive = subscription.disabled_at === null;
  const words = description === null || description === "" ? target_url : description;
  return (
    <FactRow
      title={
        <>
          <UntrustedText text={words} />
          <StandingMark subscription={subscription} />
        </>
      }
      facts={[
        words !== target_url && <UntrustedText text={target_url} />,
        <code key="events">{subscription.event_types.join(" ")}</code>,
        filter.priority && filter.priority.length > 0 && filter.priority.join(", "),
        isActive && failing_since !== null && (
          <>
            {text.failing} <Time at={failing_since} />
          </>
        ),
        <>
          {text.created} <Time at={created_at} />
        </>,
      ]}
      actions={
        <>
          {isActive && <TestButton id={id} target={target_url} />}
          <Link
            to="/deliveries"
            search={{ subscription_id: id }}
            className={buttonClass({ size: "small" })}
            aria-label={text.logOf(target_url)}
          >
            {text.log}
          </Link>
          <Menu
            trigger={
              <IconButton size="small" label={text.moreOf(target_url)}>
                <Ellipsis aria-hidden />
              </IconButton>
            }
          >
            {isActive && (
              <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onAsk("rotate")}>
                {text.rotate}
              </MenuItem>
            )}
            <MenuItem kind="danger" icon={<Trash2 aria-hidden />} onSelect={() => onAsk("delete")}>
              {text.delete}
            </MenuItem>
          </Menu>
        </>
      }
    />
  );
}

function StandingMark({ subscription }: { subscription: Subscription }) {
  const { disabled_at, disabled_reason, failing_since } = subscription;
  if (disabled_at !== null)
    return <Mark tone="bad">{text.disabled[disabled_reason ?? "owner_gone"]}</Mark>;
  if (failing_since !== null) return <Mark tone="warn">{text.failingMark}</Mark>;
  return <Mark tone="good">{text.active}</Mark>;
}

function TestButton({ id, target }: { id: string; target: string }) {
  const test = useMutation({
    mutationFn: () => api.testSubscription({ id }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["deliveries"] });
      toast(text.tested);
    },
    onError: (error) => toast(messageOf(error), "bad"),
  });
  return (
    <Button
      size="small"
      aria-label={text.testOf(target)}
      isBusy={test.isPending}
      onClick={() => test.mutate()}
    >
      {text.test}
    </Button>
  );
}
