import type { OwnReview, ReviewAnswer } from "@sayso/client";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Trash2 } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { api, messageOf, queryClient } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { Field, Input, Textarea } from "../../ui/forms/field.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { createAutosave, type Autosave } from "./autosave.ts";
import { refreshGoals, reviewQuery } from "../queries.ts";
import styles from "./review-draft.module.css";

/** A question with its answer, in the state that the page shows. */
interface Pair extends ReviewAnswer {
  /** A key that stays the same while other pairs come and go. */
  key: number;
}

const QUESTIONS_MAX = 50;

/** Returns the pairs to write. A new draft begins with starter questions. */
const pairsOf = ({ answers }: OwnReview): Pair[] =>
  (answers.length > 0
    ? answers
    : strings.goals.review.starters.map((question) => ({ question, answer: "" }))
  ).map((pair, key) => ({ ...pair, key }));

const toAnswers = (pairs: readonly Pair[]): ReviewAnswer[] =>
  pairs
    .filter(({ question, answer }) => question.trim() !== "" || answer.trim() !== "")
    .map(({ question, answer }) => ({ question, answer }));

/** Keeps the text for somebody who leaves the page and comes back, saved or not. No event reports a draft. */
const keep = (id: string, answers: ReviewAnswer[]) =>
  queryClient.setQueryData(reviewQuery(id).queryKey, (read) => read && { ...read, answers });

async function save(id: string, answers: ReviewAnswer[]): Promise<void> {
  // The draft can have been read again since it was written.
  keep(id, answers);
  queryClient.setQueryData(reviewQuery(id).queryKey, await api.updateReview({ id, answers }));
}

/** The signed-in person's own draft. It is saved while it is written, and shared or deleted at the end. */
export function ReviewDraft({ review }: { review: OwnReview }) {
  const { review: texts } = strings.goals;
  const { id } = review;
  const [pairs, setPairs] = useState(() => pairsOf(review));
  const [autosave] = useState(() =>
    createAutosave((written: Pair[]) => save(id, toAnswers(written))),
  );
  useFlushOnLeave(autosave);
  const change = (next: Pair[]) => {
    setPairs(next);
    keep(id, toAnswers(next));
    autosave.change(next);
  };
  const set = (index: number, part: Partial<ReviewAnswer>) =>
    change(pairs.map((pair, i) => (i === index ? { ...pair, ...part } : pair)));
  return (
    <>
      {pairs.map((pair, index) => (
        <Card key={pair.key}>
          <fieldset className={styles.pair}>
            <legend className="unseen">{texts.nth(index + 1)}</legend>
            <div className={styles.question}>
              <Field label={texts.question}>
                <Input
                  value={pair.question}
                  maxLength={500}
                  onChange={({ currentTarget: { value } }) => set(index, { question: value })}
                />
              </Field>
              <IconButton
                label={texts.remove(index + 1)}
                onClick={() => change(pairs.filter(({ key }) => key !== pair.key))}
              >
                <Trash2 aria-hidden />
              </IconButton>
            </div>
            <Field label={texts.answer}>
              <Textarea
                value={pair.answer}
                maxLength={10_000}
                rows={5}
                onChange={({ currentTarget: { value } }) => set(index, { answer: value })}
              />
            </Field>
          </fieldset>
        </Card>
      ))}
      {pairs.length < QUESTIONS_MAX && (
        <Button
          className={styles.add}
          icon={<Plus aria-hidden />}
          onClick={() => {
            const key = Math.max(-1, ...pairs.map((pair) => pair.key)) + 1;
            setPairs([...pairs, { key, question: "", answer: "" }]);
          }}
        >
          {texts.add}
        </Button>
      )}
      <Foot review={review} pairs={pairs} autosave={autosave} />
    </>
  );
}

/** Saves unsaved text when the person leaves the page or hides the tab. */
function useFlushOnLeave(autosave: Autosave<Pair[]>): void {
  useEffect(() => {
    const flush = () => void autosave.flush().catch(() => undefined);
    document.addEventListener("visibilitychange", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      flush();
    };
  }, [autosave]);
}

interface FootProps {
  review: OwnReview;
  pairs: readonly Pair[];
  autosave: Autosave<Pair[]>;
}

function Foot({ review, pairs, autosave }: FootProps) {
  const { review: texts } = strings.goals;
  const { id } = review;
  const navigate = useNavigate();
  const isAnswered = pairs.some(({ answer }) => answer.trim() !== "");
  return (
    <div className={styles.foot}>
      <SaveState autosave={autosave} />
      <div className={styles.actions}>
        <ConfirmButton
          kind="danger"
          title={texts.deleteDialog}
          verb={texts.delete}
          onConfirm={async () => {
            await autosave.flush().catch(() => undefined);
            await api.deleteReview({ id });
            await navigate({ to: "/goals/reviews" });
            toast(texts.deleted);
            await refreshGoals();
          }}
        >
          <p>{texts.deleteHint}</p>
        </ConfirmButton>
        <ConfirmButton
          kind="primary"
          disabled={!isAnswered}
          title={texts.shareDialog}
          verb={texts.share}
          onConfirm={async () => {
            // A question without an answer isn't shared.
            autosave.change(pairs.filter(({ answer }) => answer.trim() !== ""));
            await autosave.flush();
            await api.shareReview({ id });
            toast(texts.shared);
            await refreshGoals();
          }}
        >
          <p>{texts.shareHint(review.employee)}</p>
        </ConfirmButton>
      </div>
    </div>
  );
}

function SaveState({ autosave }: { autosave: Autosave<Pair[]> }) {
  const { review: texts } = strings.goals;
  const state = useSyncExternalStore(autosave.subscribe, autosave.state);
  return (
    <p role="status" className={styles.state} data-is={state.is}>
      {state.is === "unsaved" && texts.unsaved}
      {state.is === "saving" && texts.saving}
      {state.is === "failed" && texts.notSaved(messageOf(state.error))}
      {state.is === "saved" && (
        <>
          {texts.savedAt} <Time at={state.at.toISOString()} />
        </>
      )}
    </p>
  );
}
