import type { OwnReview } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { strings } from "../../strings/index.ts";
import { Card } from "../../ui/card.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { BackLink } from "../page-tools.tsx";
import { reviewQuery } from "../queries.ts";
import { ReviewDraft } from "./review-draft.tsx";

const route = getRouteApi("/goals/reviews/$id");

/** The page of one review. A draft can be written there, and a shared review can be read. */
export function ReviewPage() {
  const { id } = route.useParams();
  const query = useQuery(reviewQuery(id));
  return (
    <Loaded query={query} skeleton={<Skeleton lines={3} height="9rem" />}>
      {(review) => (
        <>
          <PageHeader
            above={<BackLink to="/goals/reviews">{strings.goals.review.back}</BackLink>}
            title={review.employee}
            shown={<UntrustedText text={review.employee} />}
            lead={<Lead review={review} />}
          />
          {review.status === "draft" ? (
            <ReviewDraft key={review.id} review={review} />
          ) : (
            <Answers review={review} />
          )}
        </>
      )}
    </Loaded>
  );
}

function Lead({ review }: { review: OwnReview }) {
  const { review: texts, reviews } = strings.goals;
  return (
    <>
      <UntrustedText text={review.cycle} />
      {" · "}
      {review.status === "draft" ? (
        texts.leadDraft
      ) : (
        <>
          <UntrustedText text={texts.summary(review.author, reviews.types[review.type])} />
          {review.shared_at !== null && (
            <>
              {" · "}
              {reviews.sharedAt} <Time at={review.shared_at} as="exact" />
            </>
          )}
        </>
      )}
    </>
  );
}

function Answers({ review }: { review: OwnReview }) {
  if (review.answers.length === 0) return <p className="hint">{strings.goals.review.noAnswers}</p>;
  return review.answers.map(({ question, answer }, index) => (
    <Card key={index} title={<UntrustedText text={question} />}>
      <UntrustedText text={answer} isBlock />
    </Card>
  ));
}
