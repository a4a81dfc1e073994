import type { Review, ReviewCycle } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PenLine, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../api.ts";
import { isAdmin, useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Mark } from "../../ui/mark.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { Rows } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { dayText } from "../amounts.ts";
import { StartReview } from "./start-review.tsx";
import { GoalDialog } from "../form/goal-dialog.tsx";
import { reviewCycleFields } from "../form/use-fields.ts";
import { GoalsTabs } from "../goals-tabs.tsx";
import { reviewCyclesQuery, reviewsQuery } from "../queries.ts";
import { useDialog } from "../use-dialog.ts";
import styles from "../rows.module.css";

/** The page of reviews: the person's own drafts, the shared reviews, and the review cycles. */
export function ReviewsPage() {
  const { reviews: texts, tabs } = strings.goals;
  const reviews = useQuery(reviewsQuery);
  const rounds = useQuery(reviewCyclesQuery);
  const dialog = useDialog<"begin" | "open">();
  const active = rounds.data?.filter(({ status }) => status === "active") ?? [];
  return (
    <>
      <PageHeader
        title={tabs.reviews}
        lead={texts.lead}
        actions={
          active.length > 0 && (
            <Button kind="primary" icon={<PenLine aria-hidden />} onClick={dialog.open("begin")}>
              {texts.start}
            </Button>
          )
        }
      />
      <GoalsTabs />
      <Loaded query={reviews}>{(all) => <Reviews reviews={all} />}</Loaded>
      <Loaded query={rounds}>
        {(all) => <Rounds rounds={all} onOpen={dialog.open("open")} />}
      </Loaded>
      <StartReview {...dialog.of("begin")} rounds={active} />
      <GoalDialog
        {...dialog.of("open")}
        title={texts.openCycleDialog}
        fields={reviewCycleFields}
        thing={null}
        defaults={{ status: "active" }}
        submit={api.createReviewCycle}
        done={texts.opened}
      />
    </>
  );
}

function Reviews({ reviews }: { reviews: readonly Review[] }) {
  const { reviews: texts } = strings.goals;
  const drafts = reviews.filter(({ status }) => status === "draft");
  const shared = reviews.filter(({ status }) => status === "shared");
  return (
    <>
      {drafts.length > 0 && (
        <Card title={texts.drafts}>
          <ReviewRows reviews={drafts} />
        </Card>
      )}
      <Card title={texts.shared}>
        {shared.length === 0 ? (
          <p className="hint">{texts.noneShared}</p>
        ) : (
          <ReviewRows reviews={shared} />
        )}
      </Card>
    </>
  );
}

const ReviewRows = ({ reviews }: { reviews: readonly Review[] }) => (
  <Rows>
    {reviews.map((review) => (
      <li key={review.id}>
        <ReviewRow review={review} />
      </li>
    ))}
  </Rows>
);

function ReviewRow({ review }: { review: Review }) {
  const { reviews: texts } = strings.goals;
  const { id, employee, author, cycle, type, shared_at: sharedAt } = review;
  return (
    <>
      <Link to="/goals/reviews/$id" params={{ id }} className={styles.link}>
        <UntrustedText text={employee} />
      </Link>
      <p className="hint">
        <UntrustedText text={cycle} />
        {" · "}
        {type === "self" ? (
          texts.bySelf
        ) : (
          <>
            {texts.writtenBy} <UntrustedText text={author} />
          </>
        )}
        {sharedAt !== null && (
          <>
            {" · "}
            {texts.sharedAt} <Time at={sharedAt} />
          </>
        )}
      </p>
    </>
  );
}

function Rounds({ rounds, onOpen }: { rounds: readonly ReviewCycle[]; onOpen: () => void }) {
  const { reviews: texts } = strings.goals;
  const mayManage = isAdmin(useMe());
  const [edited, setEdited] = useState<string>();
  const open = mayManage && (
    <Button size="small" icon={<Plus aria-hidden />} onClick={onOpen}>
      {texts.openCycle}
    </Button>
  );
  if (rounds.length === 0)
    return (
      <EmptyState title={texts.noneCycles} icon={<PenLine aria-hidden />} actions={open}>
        <p>{texts.noneCyclesHint}</p>
      </EmptyState>
    );
  return (
    <Card title={texts.cycles} actions={open}>
      <Rows>
        {rounds.map((round) => (
          <li key={round.id}>
            <RoundRow round={round} onEdit={mayManage ? () => setEdited(round.id) : null} />
          </li>
        ))}
      </Rows>
      <GoalDialog
        isOpen={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={texts.editCycle}
        fields={reviewCycleFields}
        thing={rounds.find(({ id }) => id === edited) ?? {}}
        submit={(patch) => api.updateReviewCycle({ id: edited ?? "", ...patch })}
      />
    </Card>
  );
}

function RoundRow({ round, onEdit }: { round: ReviewCycle; onEdit: (() => void) | null }) {
  const { reviews: texts } = strings.goals;
  const { name, status, due_date: due, reviewee_count: people } = round;
  return (
    <div className={styles.row}>
      <div className={styles.what}>
        <p>
          <strong>
            <UntrustedText text={name} />
          </strong>{" "}
          <Mark tone={status === "active" ? "good" : "neutral"}>{texts.cycleStatus[status]}</Mark>
        </p>
        <p className="hint">
          {due !== null && `${texts.due(dayText(due))} · `}
          {texts.people(people)}
        </p>
      </div>
      {onEdit && (
        <Button size="small" aria-label={texts.editOf(plainLine(name))} onClick={onEdit}>
          {strings.common.edit}
        </Button>
      )}
    </div>
  );
}
