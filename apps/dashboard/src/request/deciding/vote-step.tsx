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
      <StepName before={decide.forStep} step={step} />
    </p>
  );
}

interface StepNameProps {
  before: string;
  step: NonNullable<YourVote["step"]>;
}

/** Names a step, after the words that say what is done to it, and its place among all. */
export const StepName = ({ before, step }: StepNameProps) => (
  <>
    {before} <strong>{step.name && <UntrustedText text={step.name} />}</strong>{" "}
    {strings.request.decide.stepOf(step.number, step.of)}
  </>
);
