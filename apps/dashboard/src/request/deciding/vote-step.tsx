import type { YourVote } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";

/**
 * Names the step that a vote counts for, and the person's earlier votes for other steps. Shows nothing without steps.
 */
export function VoteStep({ vote: { step, cast } }: { vote: YourVote }) {
  if (step === null || step.of === 1) return null;
  const { decide } = strings.request;
  return (
    <p>
      {cast.length > 0 && <>{decide.votedElsewhere(cast.length)} </>}
      {decide.forStep} <strong>{step.name && <UntrustedText text={step.name} />}</strong>{" "}
      {decide.stepOf(step.number, step.of)}
    </p>
  );
}
