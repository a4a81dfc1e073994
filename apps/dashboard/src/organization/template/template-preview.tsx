import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { strings } from "../../strings/index.ts";
import { PriorityMark } from "../../ui/mark.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { membersQuery, teamsQuery } from "../queries.ts";
import { defaultsOf, type TemplateDraft } from "./template-draft.ts";
import styles from "./template.module.css";
import { MarkdownText } from "../../request/markdown-text.tsx";

const words = strings.organization.templates;

/** A preview of a request made from the form's present values, as its approvers will see it. */
export function TemplatePreview({ draft }: { draft: TemplateDraft }) {
  const defaults = defaultsOf(draft);
  return (
    <section className={styles.preview} aria-label={words.preview}>
      <h3>{words.preview}</h3>
      <div className={styles.request}>
        <p className={styles.requestTitle}>
          {defaults.title === undefined ? (
            <em>{words.previewTitle}</em>
          ) : (
            <UntrustedText text={defaults.title} />
          )}
        </p>
        <div className={styles.marks}>
          {defaults.priority && <PriorityMark priority={defaults.priority} />}
          {defaults.action_type !== undefined && (
            <code>
              <UntrustedText text={defaults.action_type} />
            </code>
          )}
        </div>
        {defaults.description === undefined ? (
          <p className="hint">
            <em>{words.previewDescription}</em>
          </p>
        ) : (
          <MarkdownText text={defaults.description} />
        )}
        <ul className={styles.rules}>
          {useRules(draft).map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Returns sentences about the request's approvers, its quorum, and what happens at its deadline. */
function useRules(draft: TemplateDraft): string[] {
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const members = useQuery(membersQuery).data?.data ?? [];
  const defaults = defaultsOf(draft);
  const team = teams.find(({ id }) => id === defaults.assigned_team_id)?.name;
  const names = (defaults.assigned_approvers ?? []).map(
    (id) => members.find((member) => member.id === id)?.name ?? "…",
  );
  const list = new Intl.ListFormat("en", { type: "disjunction" });
  const { required_approvals: required, expires_after_minutes: expires } = defaults;
  const { auto_action: action, auto_action_after_minutes: after } = defaults;
  const isTime = (minutes: number | undefined): minutes is number =>
    minutes !== undefined && Number.isFinite(minutes) && minutes > 0;
  return [
    team !== undefined
      ? words.previewTeam(plainLine(team))
      : names.length > 0
        ? words.previewPeople(list.format(names.map(plainLine)))
        : words.previewEverybody,
    defaults.is_sequential === true ? words.previewSequential : null,
    words.previewQuorum(required !== undefined && required > 0 ? required : 1),
    defaults.require_rejection_reason === true ? words.previewReason : null,
    action && isTime(after) ? words.previewAuto(action, words.duration(after)) : null,
    isTime(expires) ? words.previewExpires(words.duration(expires)) : null,
  ].filter((rule) => rule !== null);
}
