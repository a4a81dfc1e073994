import type { YourVote } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";

/** For which of several steps a vote would be, and that an earlier vote was for another. Nothing where there are no steps. */
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
