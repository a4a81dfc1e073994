import type { Actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { inOrganization } from "../in-organization.ts";
import type { TemplateDefaults } from "../templates/template.ts";
import type { CreateApprovalInput } from "./create.ts";

/**
 * Whether the actor may write a rule by which a request approves itself: a person by themselves, or a connection that may
 * decide what was asked through it. Any other machine, app or token would say yes to itself, only later.
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

/**
 * Lets a request be made that approves itself at a time (`autoAction: "approve"`) only by a rule that a person wrote: its
 * template's, at the template's time or later, or the asker's own. Under four eyes only the template's.
 *
 * @param input with what the template fills in
 * @param template what its template says; null: it has none
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export async function requireApprovingRule(
  context: Context,
  input: CreateApprovalInput,
  template: TemplateDefaults | null,
): Promise<void> {
  if (input.autoAction !== "approve") return;
  const { autoAction, autoActionAfterMinutes: earliest = Infinity } = template ?? {};
  if (autoAction === "approve" && (input.autoActionAfterMinutes ?? earliest) >= earliest) return;
  if (!mayWriteApprovingRule(context.actor))
    throw refusal(
      "A request that approves itself needs a rule that a person wrote: use a template with auto_action approve (at its time or later), leave auto_action out, or use reject",
    );
  if (await hasFourEyes(context))
    throw refusal(
      "Under four eyes nobody's own request approves itself: use a template with auto_action approve, leave auto_action out, or use reject",
    );
}

/**
 * Lets nobody change what a request that approves itself asks, who could not have written that rule.
 *
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export function refuseForApprovingRule(actor: Actor, request: { autoAction: string | null }): void {
  if (request.autoAction !== "approve" || mayWriteApprovingRule(actor)) return;
  throw refusal(
    "This request approves itself at a time, so what it asks can be changed only by a person who is signed in: cancel it and ask anew",
  );
}

/**
 * Lets a template approve by itself only where a person who is signed in says so.
 *
 * @throws DomainError `forbidden` (`details.reason`: `automatic_approval`)
 */
export function requireApprovingTemplate(actor: Actor, defaults: TemplateDefaults): void {
  if (defaults.autoAction !== "approve" || mayWriteApprovingRule(actor)) return;
  throw refusal(
    "Only a person who is signed in may let the requests of a template approve themselves",
  );
}

const refusal = (message: string): DomainError =>
  new DomainError("forbidden", message, {
    details: { reason: "automatic_approval", field: "auto_action" },
  });

async function hasFourEyes(context: Context): Promise<boolean> {
  const { rows } = await inOrganization(context, (db) =>
    db.query<{ four_eyes: boolean }>("select four_eyes from organizations where id = $1", [
      context.organizationId,
    ]),
  );
  return rows[0]?.four_eyes ?? true;
}
