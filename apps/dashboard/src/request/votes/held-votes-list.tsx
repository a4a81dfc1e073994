import { useMatch, useNavigate } from "@tanstack/react-router";
import { Send, Undo2 } from "lucide-react";
import { useShortcuts } from "../../keyboard/shortcuts.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { QUESTION_MS, useInSight, type Pause } from "../../ui/pause/use-in-sight.ts";
import styles from "./held-votes-list.module.css";
import { closeNote, sendVote, undoVote, useHeldVotes, type HeldVote } from "./held-votes.ts";

/**
 * The notes about the person's votes, newest first: votes that can still be taken back, the outcome of votes that were
 * sent, and votes that were not counted. The shell shows the notes on every page.
 */
export function HeldVotesList() {
  const votes = useHeldVotes();
  const takeBack = useTakeBack();
  const { held } = strings.request;
  const last = votes.find(({ state }) => state === "held");
  useShortcuts(held.label, [
    {
      keys: "z",
      label: held.undo,
      isOn: last !== undefined,
      run: () => last && takeBack(last),
    },
  ]);
  if (votes.length === 0) return null;
  return (
    <section className={styles.votes} aria-label={held.label}>
      {votes.map((vote, index) => (
        <Note key={vote.id} vote={vote} place={index} onUndo={takeBack} />
      ))}
    </section>
  );
}

/** Takes a vote back. It also leads from the next request back to the one that is open again. */
function useTakeBack(): (vote: HeldVote) => void {
  const navigate = useNavigate();
  const shown = useShownRequest();
  return ({ id, requests }) => {
    undoVote(id);
    const [first, ...others] = requests;
    if (!first || others.length > 0 || shown === undefined || shown.params.id === first.id) return;
    void navigate({ to: "/requests/$id", params: { id: first.id }, search: shown.search });
  };
}

/** Returns the request whose page is shown. */
const useShownRequest = () => useMatch({ from: "/requests/$id", shouldThrow: false });

interface NoteProps {
  vote: HeldVote;
  /** The number of notes before this one. */
  place: number;
  onUndo: (vote: HeldVote) => void;
}

function Note({ vote, place, onUndo }: NoteProps) {
  const { decision, state, message, failures = [] } = vote;
  const pause = useInSight(`${place} ${state}`, QUESTION_MS);
  const undoPause = useInSight(`${place} ${state}`, QUESTION_MS, atLatest);
  const isTooSoon = pause.isTooSoon || undoPause.isTooSoon;
  const isCalm = ["held", "sending", "counted", "undone"].includes(state);
  return (
    <div className={styles.note} data-decision={decision} data-state={state}>
      <div role={isCalm ? "status" : "alert"} className={styles.notice}>
        {state === "counted" ? (
          <p className={styles.what}>{isTooSoon ? strings.common.notYet : message}</p>
        ) : (
          <>
            <p className={styles.what}>
              <Heading vote={vote} />
            </p>
            <p className="hint">{isTooSoon ? strings.common.notYet : messageOf(vote)}</p>
          </>
        )}
      </div>
      <Progress vote={vote} />
      {failures.length > 0 && <Failures failures={failures} />}
      <Buttons vote={vote} pause={pause} undoPause={undoPause} onUndo={onUndo} />
    </div>
  );
}

/** The pause of Undo is not prolonged. */
const atLatest = { isProlonged: false };

/** The kind of heading for each state. */
const headings = {
  held: "is",
  sending: "is",
  counted: "is",
  undone: "undone",
  late: "refused",
  refused: "refused",
  unheard: "unheard",
} as const satisfies Record<HeldVote["state"], string>;

function Heading({ vote: { state, decision, requests } }: { vote: HeldVote }) {
  const { held } = strings.request;
  const [first] = requests;
  return (
    <>
      <strong>{held[headings[state]][decision]}</strong>{" "}
      {first && requests.length === 1 ? (
        <UntrustedText text={first.title} />
      ) : (
        held.several(requests.length)
      )}
    </>
  );
}

function messageOf({ state, message }: HeldVote): string | undefined {
  const { held } = strings.request;
  return state === "held" || state === "sending" || state === "undone" ? held.hint[state] : message;
}

/** The progress of sending a vote on several requests. */
function Progress({ vote: { state, requests, tried = 0 } }: { vote: HeldVote }) {
  if (state !== "sending" || requests.length === 1) return null;
  const notice = strings.inbox.bulk.working(tried, requests.length);
  return <progress max={requests.length} value={tried} aria-label={notice} />;
}

const Failures = ({ failures }: { failures: NonNullable<HeldVote["failures"]> }) => (
  <ul className={styles.failures} tabIndex={0} aria-label={strings.request.held.failures}>
    {failures.map(({ request, why }) => (
      <li key={request.id}>
        <strong>
          <UntrustedText text={request.title} />
        </strong>{" "}
        {why}
      </li>
    ))}
  </ul>
);

interface ButtonsProps extends Omit<NoteProps, "place"> {
  pause: Pause;
  undoPause: Pause;
}

/**
 * The note's buttons. They rest for a moment whenever the note appears, changes or moves. So a finger on its way to
 * another note's button, or to an earlier button in this place, presses none of them. Presses prolong this moment, but
 * not for Undo: the vote is sent after five seconds, and an Undo that came too late could not be made up for.
 */
function Buttons({ vote, pause, undoPause, onUndo }: ButtonsProps) {
  const { held, decide } = strings.request;
  const { id, state, requests, canRetry } = vote;
  const navigate = useNavigate();
  const shown = useShownRequest();
  const [first, ...others] = requests;
  if (state === "sending") return null;
  if (state === "held")
    return (
      <div className={styles.buttons}>
        <Button
          size="small"
          icon={<Undo2 aria-hidden />}
          aria-keyshortcuts="z"
          pause={undoPause}
          onClick={() => onUndo(vote)}
        >
          {held.undo}
        </Button>
        <Button
          size="small"
          kind="quiet"
          icon={<Send aria-hidden />}
          pause={pause}
          onClick={() => void sendVote(id)}
        >
          {held.now}
        </Button>
      </div>
    );
  const open = () => {
    closeNote(id);
    if (first)
      void navigate({ to: "/requests/$id", params: { id: first.id }, search: shown?.search ?? {} });
  };
  return (
    <div className={styles.buttons}>
      {canRetry === true && (
        <Button size="small" pause={pause} onClick={() => void sendVote(id)}>
          {strings.common.retry}
        </Button>
      )}
      {state !== "counted" && first && others.length === 0 && shown?.params.id !== first.id && (
        <Button size="small" pause={pause} onClick={open}>
          {decide.open}
        </Button>
      )}
      <Button size="small" kind="quiet" pause={pause} onClick={() => closeNote(id)}>
        {strings.common.close}
      </Button>
    </div>
  );
}
