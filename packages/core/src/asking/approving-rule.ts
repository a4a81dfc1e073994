import { onlyRow } from "@sayso/database";
import { isMachines, personBehind, type Actor } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import type { TemplateDefaults, WrittenDefaults } from "./template-defaults.ts";
import { askersOf } from "../actors/via.ts";
import type { CreateApprovalInput } from "./new-approval.ts";
import { quorumOf, type ApprovalPlan } from "./plan.ts";
import type { Approver } from "../state-machine/state.ts";
import { refuseVoteAhead, type DroppedReason } from "../state-machine/vote-ahead.ts";

/**
 * Says whether the actor may write a rule that approves a request automatically. A signed-in person may, and so may a
 * connection that may decide what was asked through it. Any other machine, app or token would approve its own request,
 * only later.
 */
const mayWriteApprovingRule = (actor: Actor): boolean => {
  switch (actor.kind) {
    case "system":
      return true;
    case "connection":
      return actor.canDecide && actor.canDecideOwn;
    case "person":
      return actor.via !== "token" && actor.via !== "oauth";
  }
};

/** The fields of a template that say what is asked, by their names here and on the wire. */
const worded = [
  ["title", "title"],
  ["description", "description"],
  ["priority", "priority"],
  ["actionType", "action_type"],
] as const;

const isOther = (
  defaults: TemplateDefaults,
  input: CreateApprovalInput,
  name: (typeof worded)[number][0],
) => defaults[name] !== undefined && input[name] !== defaults[name];

/** A rule that will approve a request automatically, as it is stored. */
export interface WrittenRule {
  /** The rule's author. Null: unknown. */
  authorId: string | null;
  isTemplates: boolean;
  /** The time at which the author wrote it. Null: with this request. */
  writtenAt: Date | null;
}

/**
 * Finds the rule that approves a new request automatically at a time (`autoAction: "approve"`). It is the template's if
 * the time is the template's or later and the wording is the template's. Otherwise it is the asker's own. Null: the
 * request doesn't approve itself.
 *
 * @param input with the values that the template fills in
 * @param template the template's own values; null: the request has no template
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`): the asker may write no such rule, or gives the
 *   request steps
 */
export function findApprovingRule(
  actor: Actor,
  input: CreateApprovalInput,
  template: WrittenDefaults | null,
): WrittenRule | null {
  if (input.autoAction !== "approve") return null;
  if (input.steps)
    throw refusal(
      "A request with steps of its own approves nothing by itself: leave out steps or auto_action, or use auto_action reject",
    );
  const { autoAction, autoActionAfterMinutes: earliest = Infinity } = template?.defaults ?? {};
  const isTemplates =
    autoAction === "approve" && (input.autoActionAfterMinutes ?? earliest) >= earliest;
  const writer = isTemplates ? template : null;
  const reworded = writer && worded.find(([name]) => isOther(writer.defaults, input, name));
  if (writer && !reworded)
    return { authorId: writer.defaultsBy ?? null, isTemplates: true, writtenAt: writer.defaultsAt };
  if (!mayWriteApprovingRule(actor))
    throw refusal(
      reworded
        ? `A request of this template approves itself only with the template's own words, so its ${reworded[1]} can't be changed: leave ${reworded[1]} out, or use auto_action reject`
        : "auto_action approve needs a rule that a person wrote: use a template with auto_action approve (and its time, or a later one), leave auto_action out, or use reject",
    );
  return { authorId: personBehind(actor), isTemplates: false, writtenAt: null };
}

/**
 * Admits a request with this rule only if the vote that the rule's author casts ahead would count now. The same check
 * runs again when the approval falls due. An author who left, lost a right or got a new password after they wrote it is none.
 *
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export async function requireVoteAhead(
  context: Context<InOrganization>,
  { authorId, isTemplates, writtenAt }: WrittenRule,
  input: CreateApprovalInput,
  plan: ApprovalPlan,
): Promise<void> {
  const { organizationId, actor } = context;
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ fourEyes: boolean; author: Approver | null }>(
      `select o.four_eyes as "fourEyes", (
         select json_build_object('personId', m.person_id, 'role', m.role,
           'canApprove', m.can_approve and p.disabled_at is null,
           'teamIds', array(select team_id from team_members t where t.person_id = m.person_id))
         from memberships m join people p on p.id = m.person_id
         where m.person_id = $2 and ($3::timestamptz is null or greatest(m.created_at, m.rules_since) <= $3)) as author
       from organizations o where o.id = $1`,
      [organizationId, authorId, writtenAt],
    ),
  );
  const { fourEyes, author: found } = onlyRow(rows);
  const author = found && { ...found, throughMachine: !isTemplates && isMachines(actor) };
  const reason = refuseVoteAhead({
    id: "",
    fourEyes,
    requesterIds: [],
    askers: askersOf(actor),
    rule: { author, isTemplates },
    votes: [],
    steps: plan.steps,
    requiredSteps: plan.requiredSteps,
    requiredApprovals: plan.requiredApprovals,
    assignedApprovers: input.assignedApprovers ?? null,
    assignedTeamId: input.assignedTeamId ?? null,
  });
  if (reason !== null) throw refusal(wordsFor(isTemplates)[reason] ?? reason);
}

const wordsFor = (isTemplates: boolean): Partial<Record<DroppedReason, string>> =>
  isTemplates ? ofTemplates : ofAskers;

const otherwise = "leave auto_action out, or use reject";

const ofTemplates = {
  author_may_not_approve: `The author of this template's auto_action may not approve, or has left, lost a right or got a new password since they wrote it: let an admin who may approve save its defaults again, ${otherwise}`,
  author_is_no_admin: `The author of this template's auto_action is no longer an admin: let an admin save its defaults again, ${otherwise}`,
  not_alone: `A template can auto-approve only a request that its author's vote alone would approve: ask for one approval, ${otherwise}`,
  own_request: `Under the four-eyes principle a template can't auto-approve its author's own requests: use another person's template, ${otherwise}`,
} satisfies Partial<Record<DroppedReason, string>>;

const ofAskers: Partial<Record<DroppedReason, string>> = {
  author_may_not_approve: `You may not approve in this organization, so your requests can't auto-approve: use a template with auto_action approve, ${otherwise}`,
  own_request: `Under the four-eyes principle your own requests can't auto-approve: use another person's template with auto_action approve, ${otherwise}`,
  not_alone: `Your request can auto-approve only if your vote alone would approve it: ask for one approval and name nobody else, use a template with auto_action approve, ${otherwise}`,
};

/**
 * Refuses a change to what a self-approving request asks if the actor could not have written its rule.
 *
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export function refuseForApprovingRule(actor: Actor, request: { autoAction: string | null }): void {
  if (request.autoAction !== "approve" || mayWriteApprovingRule(actor)) return;
  throw refusal(
    "This request approves itself at a set time, so only a signed-in person may change it: cancel it and ask again",
  );
}

/**
 * Admits automatic approval in a template only from a signed-in person, and only where one vote, theirs, would be
 * enough.
 *
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export function requireApprovingTemplate(actor: Actor, defaults: TemplateDefaults): void {
  if (defaults.autoAction !== "approve") return;
  if (!mayWriteApprovingRule(actor))
    throw refusal("Only a signed-in person may let a template's requests approve themselves");
  if (quorumOf(defaults) > 1) throw refusal(ofTemplates.not_alone);
}

const refusal = (message: string): DomainError =>
  new DomainError("forbidden", message, {
    details: { reason: "automatic_approval", field: "auto_action" },
  });
