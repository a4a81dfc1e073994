import type { Priority, Template, TemplateDefaults } from "@sayso/client";

export type Unit = "minutes" | "hours" | "days";

/** A duration as it is typed. An empty amount: none. */
export interface TypedDuration {
  amount: string;
  unit: Unit;
}

/** A template as its form holds it: every field as it is typed. The empty text: not set. */
export interface TemplateDraft {
  name: string;
  description: string;
  targetApp: string;
  title: string;
  requestDescription: string;
  priority: Priority | "";
  actionType: string;
  whom: "unset" | "team" | "people";
  teamId: string;
  personIds: readonly string[];
  required: string;
  isSequential: boolean;
  needsReason: boolean;
  expires: TypedDuration;
  autoAction: "" | "approve" | "reject";
  autoAfter: TypedDuration;
}

const minutesIn: Record<Unit, number> = { minutes: 1, hours: 60, days: 1440 };

/** Converts minutes into the largest unit that holds them in whole numbers. */
function typed(minutes: number | undefined): TypedDuration {
  if (minutes === undefined) return { amount: "", unit: "hours" };
  const unit = minutes % 1440 === 0 ? "days" : minutes % 60 === 0 ? "hours" : "minutes";
  return { amount: String(minutes / minutesIn[unit]), unit };
}

/**
 * Returns the minutes of a typed duration. Undefined: none. NaN: the amount is no number, and the server reports that
 * at the field.
 */
export const minutesOf = ({ amount, unit }: TypedDuration): number | undefined =>
  amount.trim() === "" ? undefined : Number(amount) * minutesIn[unit];

/** Returns the form's content for a template. Null: for a new one. */
export function draftOf(template: Template | null): TemplateDraft {
  const defaults = template?.defaults ?? {};
  return {
    name: template?.name ?? "",
    description: template?.description ?? "",
    targetApp: template?.target_app ?? "",
    title: defaults.title ?? "",
    requestDescription: defaults.description ?? "",
    priority: defaults.priority ?? "",
    actionType: defaults.action_type ?? "",
    whom: defaults.assigned_team_id ? "team" : defaults.assigned_approvers ? "people" : "unset",
    teamId: defaults.assigned_team_id ?? "",
    personIds: defaults.assigned_approvers ?? [],
    required: defaults.required_approvals === undefined ? "" : String(defaults.required_approvals),
    isSequential: defaults.is_sequential ?? false,
    needsReason: defaults.require_rejection_reason ?? false,
    expires: typed(defaults.expires_after_minutes),
    autoAction: defaults.auto_action ?? "",
    autoAfter: typed(defaults.auto_action_after_minutes),
  };
}

/** Returns the values that a request made from the template gets. Empty fields are left out. */
export function defaultsOf(draft: TemplateDraft): TemplateDefaults {
  const { title, requestDescription, priority, actionType, whom, teamId, personIds } = draft;
  const expires = minutesOf(draft.expires);
  const autoAfter = draft.autoAction === "" ? undefined : minutesOf(draft.autoAfter);
  return {
    ...(title.trim() && { title: title.trim() }),
    ...(requestDescription.trim() && { description: requestDescription.trim() }),
    ...(priority !== "" && { priority }),
    ...(actionType.trim() && { action_type: actionType.trim() }),
    ...(whom === "team" && teamId !== "" && { assigned_team_id: teamId }),
    ...(whom === "people" && personIds.length > 0 && { assigned_approvers: [...personIds] }),
    ...(draft.required.trim() !== "" && { required_approvals: Number(draft.required) }),
    ...(whom === "people" && draft.isSequential && { is_sequential: true }),
    ...(draft.needsReason && { require_rejection_reason: true }),
    ...(expires !== undefined && { expires_after_minutes: expires }),
    ...(draft.autoAction !== "" && { auto_action: draft.autoAction }),
    ...(autoAfter !== undefined && { auto_action_after_minutes: autoAfter }),
  };
}

/**
 * Returns the values to send. For an existing template these are only the changed ones, so that others' changes stay.
 */
export function changesOf(template: Template | null, draft: TemplateDraft) {
  const wanted = {
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    target_app: draft.targetApp.trim() || null,
    defaults: defaultsOf(draft),
  };
  if (template === null) return wanted;
  const before = draftOf(template);
  return {
    ...(wanted.name !== template.name && { name: wanted.name }),
    ...(wanted.description !== template.description && { description: wanted.description }),
    ...(wanted.target_app !== template.target_app && { target_app: wanted.target_app }),
    ...(JSON.stringify(wanted.defaults) !== JSON.stringify(defaultsOf(before)) && {
      defaults: wanted.defaults,
    }),
  };
}
