import { Link } from "@tanstack/react-router";
import { Send, Undo2 } from "lucide-react";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { strings } from "../strings/index.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./held-votes-list.module.css";
import { sendVote, undoVote, useHeldVotes, type HeldVote } from "./held-votes.ts";

/** The votes that can still be taken back, and those that were not counted; the shell shows them on every page. */
export function HeldVotesList() {
  const votes = useHeldVotes();
  const { held } = strings.request;
  const last = votes.findLast(({ state }) => state === "held");
  useShortcuts(held.label, [
    {
      keys: "z",
      label: held.undo,
      isOn: last !== undefined,
      run: () => last && undoVote(last.requestId),
    },
  ]);
  if (votes.length === 0) return null;
  return (
    <section className={styles.votes} aria-label={held.label}>
      {votes.map((vote) => (
        <Row key={vote.requestId} vote={vote} />
      ))}
    </section>
  );
}

function Row({ vote }: { vote: HeldVote }) {
  const { held } = strings.request;
  const { requestId, decision, state, title, message } = vote;
  const isAway = state === "held" || state === "sending";
  return (
    <div className={styles.vote} data-decision={decision} data-state={state}>
      <p role={isAway ? "status" : "alert"}>
        <strong>{isAway ? held.is[decision] : held[state][decision]}</strong>{" "}
        <UntrustedText text={title} />
        <span className="hint">{isAway ? held[state] : message}</span>
      </p>
      <div className={styles.buttons}>
        {state === "held" && (
          <>
            <Button
              size="small"
              icon={<Undo2 aria-hidden />}
              aria-keyshortcuts="z"
              onClick={() => undoVote(requestId)}
            >
              {held.undo}
            </Button>
            <Button
              size="small"
              kind="quiet"
              icon={<Send aria-hidden />}
              onClick={() => void sendVote(requestId)}
            >
              {held.now}
            </Button>
          </>
        )}
        {!isAway && (
          <>
            {vote.canRetry === true && (
              <Button size="small" onClick={() => void sendVote(requestId)}>
                {strings.common.retry}
              </Button>
            )}
            <Link
              className={buttonClass({ size: "small" })}
              to="/requests/$id"
              params={{ id: requestId }}
              onClick={() => undoVote(requestId)}
            >
              {strings.request.decide.open}
            </Link>
            <Button size="small" kind="quiet" onClick={() => undoVote(requestId)}>
              {strings.common.close}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
