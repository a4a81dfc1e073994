import {
  DomainError,
  listMembers,
  transferConnections,
  type Connection,
  type Member,
} from "@sayso/core";
import { csrfField } from "../../html/csrf.ts";
import { html, type HtmlValue } from "../../html/html.ts";
import { select } from "../../html/inputs.ts";
import { rows } from "../../html/rows.ts";
import { tryForm, type Remarks } from "../../site/refusal.ts";
import type { MemberVisit } from "../../site/site.ts";
import { relativeTime } from "../../html/times.ts";
import { oneLine, plain } from "../../html/untrusted-text.ts";

/** A page may have several of these forms. */
const fieldOf = (fromPersonId: string): string => `to-${fromPersonId}`;

/** What somebody answers for, and a form to make somebody else do so: `from` may have left already. */
export function transferForm(
  visit: MemberVisit,
  transfer: {
    fromPersonId: string;
    connections: readonly Connection[];
    people: readonly Member[];
  },
): HtmlValue {
  const now = new Date();
  const { fromPersonId, connections } = transfer;
  const others = transfer.people.filter(({ id, isDisabled }) => id !== fromPersonId && !isDisabled);
  return [
    rows(
      connections.map((connection) => ({
        title: oneLine(connection.name),
        facts: [
          connection.preset,
          connection.lastUsedAt
            ? html`used ${relativeTime(connection.lastUsedAt, now)}`
            : "never used",
        ],
      })),
    ),
    others.length > 0 &&
      html`<form method="post" action="/organization/people/${fromPersonId}/connections">
        ${csrfField(visit.csrf)}
        ${select({ name: fieldOf(fromPersonId), label: "Hand them over to", options: others.map((person) => [person.id, plain(person.name)] as const), value: visit.session.actor.personId })}
        <button>Hand over</button>
      </form>`,
  ];
}

/**
 * POST /organization/people/:id/connections: somebody else answers for them from now on. The one who did may have left
 * the organization already.
 */
export async function submitTransfer(
  visit: MemberVisit,
  showAgain: (remarks: Remarks, status: number) => Promise<void>,
): Promise<void> {
  const fromPersonId = String(visit.request.params.id);
  const toPersonId = visit.field(fieldOf(fromPersonId));
  const moved = await tryForm(
    visit,
    [],
    () => transferConnections(visit.context, { fromPersonId, toPersonId }),
    showAgain,
  );
  if (!moved) return;
  if (moved.value === 0)
    throw new DomainError("not_found", "They answer for no connection in your organization.");
  const people = await listMembers(visit.context, { includeDisabled: true });
  const isHere = people.some(({ id }) => id === fromPersonId);
  visit.redirect(`/organization/people${isHere ? `/${fromPersonId}` : ""}?done=transferred`);
}
