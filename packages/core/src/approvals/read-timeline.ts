import { onlyRow } from "@sayso/database";
import type { Transaction } from "../transactions/transaction.ts";
import type { ActorReference } from "../actors/actor.ts";
import type { Context } from "../context.ts";
import type { InOrganization } from "../capabilities.ts";
import { notFound } from "../errors.ts";
import { maySeeEvent } from "../events/event-types.ts";
import { inOrganization } from "../transactions/in-organization.ts";
import { isUuid } from "../ids.ts";
import { nameActor } from "../actors/name-actor.ts";
import type { Via } from "../actors/via.ts";
import type { Decision, DecisionReason } from "../requests/values.ts";
import { isOneOf } from "../is-one-of.ts";
import { voidReasons, type VoidReason } from "../state-machine/void-votes.ts";

/** A person or thing with its name. Null: it is gone. */
export interface Named {
  id: string;
  name: string | null;
}

/** One event of a request, with its comment and the names of the people in it. Null: it doesn't apply to this event. */
export interface TimelineEntry {
  id: string;
  /** The number within the request, from 1. */
  sequence: number;
  type: string;
  at: Date;
  /** The actor. `fullName` also names the machine that acted (`nameActor`). */
  actor: ActorReference & { name: string | null; fullName: string | null };
  /** The person who voted, decided, or gave their vote to another. */
  person: Named | null;
  /** The person who votes instead. */
  to: Named | null;
  /** The connection that asked, or that voted in the person's name. */
  connection: Named | null;
  /** The way in which it was done. Null: Sayso did it, or it was not recorded. */
  via: Via | null;
  step: { id: string; order: number; name: string | null } | null;
  decision: Decision | null;
  /** The earlier vote of the person that this one changes. */
  replaced: Decision | null;
  /** The comment of a vote or a decision, or the comment itself. */
  comment: string | null;
  /** The place where a vote was cast, as the caller named it. */
  source: string | null;
  reason: DecisionReason | null;
  /** The reason why a vote no longer counts. */
  voidReason: VoidReason | null;
  /** The status as which a decided step ended. */
  status: string | null;
  /** The fields that were revised. */
  fields: string[];
  votesVoided: number;
  /** The reason why an applier refused a change. */
  error: string | null;
}

export interface Timeline {
  /** The entries, oldest first. */
  entries: TimelineEntry[];
  /** Says whether events before the first of these exist. */
  hasEarlier: boolean;
}

/**
 * Returns the events of a request from its audit trail: the last `limit` before a place in it.
 *
 * @param page.before only events with a lower sequence
 * @param page.limit 1–500
 * @throws DomainError `not_found`
 */
export function readTimeline(
  context: Context<InOrganization>,
  requestId: string,
  page: { before?: number; limit: number },
): Promise<Timeline> {
  return inOrganization(
    context,
    async (db) => {
      const request = await db.query<{ connectionId: string | null }>(
        `select connection_id as "connectionId" from requests where id = $1`,
        [requestId],
      );
      if (!request.rows[0]) throw notFound("Request");
      const { rows } = await db.query<EventRow>(
        `select id, sequence, type, created_at as at, actor_kind as "actorKind", actor_id as "actorId", data
         from events where request_id = $1 and ($2::integer is null or sequence < $2)
         order by sequence desc limit $3`,
        [requestId, page.before, page.limit + 1],
      );
      const events = rows
        .slice(0, page.limit)
        .reverse()
        .map((row) => ({ ...row, ...meantBy(row, onlyRow(request.rows).connectionId) }));
      const names = await readNames(db, events);
      return {
        entries: events
          .filter(({ type }) => maySeeEvent(context.actor, type))
          .map((event) => toEntry(event, names)),
        hasEarlier: rows.length > page.limit,
      };
    },
    { oneSnapshot: true },
  );
}

interface EventRow {
  id: string;
  sequence: number;
  type: string;
  at: Date;
  actorKind: ActorReference["kind"];
  actorId: string | null;
  data: { via?: Via | null; reason?: DecisionReason; [name: string]: unknown };
}

const textIn = (value: unknown): string | null => (typeof value === "string" ? value : null);
const idIn = (value: unknown): string | null =>
  typeof value === "string" && isUuid(value) ? value : null;

/** Returns the ids of the people, the connection and the step in an event's data. */
const meantBy = ({ type, data }: EventRow, askedThrough: string | null) => ({
  personId: idIn(data.person_id) ?? idIn(data.from) ?? idIn(data.decided_by),
  toId: idIn(data.to),
  connectionId:
    type === "approval.created"
      ? askedThrough
      : (idIn(data.connection_id) ?? idIn(data.via_connection_id)),
  stepId: idIn(data.step_id),
});

type MeantEvent = EventRow & ReturnType<typeof meantBy>;

/** Reads the names of everybody and everything in these events, in three queries for any number of events. */
async function readNames(db: Transaction, events: readonly MeantEvent[]) {
  const actors = (kind: ActorReference["kind"]) =>
    events.flatMap(({ actorKind, actorId }) => (actorKind === kind && actorId ? [actorId] : []));
  const people = [...actors("person"), ...events.flatMap((e) => [e.personId ?? [], e.toId ?? []])];
  const connections = [...actors("connection"), ...events.flatMap((e) => e.connectionId ?? [])];
  const read = async (query: string, ids: unknown[]) => {
    const { rows } = await db.query<{ id: string; name: string }>(query, [
      [...new Set(ids.flat())],
    ]);
    return new Map(rows.map((row) => [row.id, row.name]));
  };
  const steps = await db.query<NonNullable<TimelineEntry["step"]>>(
    `select id, step_order as "order", name from steps where id = any ($1)`,
    [[...new Set(events.flatMap(({ stepId }) => stepId ?? []))]],
  );
  return {
    people: await read("select id, name from people where id = any ($1)", people),
    connections: await read("select id, name from connections where id = any ($1)", connections),
    steps: new Map(steps.rows.map((step) => [step.id, step])),
  };
}

const decisionIn = (value: unknown): Decision | null =>
  value === "approve" || value === "reject" ? value : null;

function toEntry(
  event: MeantEvent,
  { people, connections, steps }: Awaited<ReturnType<typeof readNames>>,
): TimelineEntry {
  const { data, actorKind, actorId } = event;
  const named = (names: Map<string, string>, id: string | null): Named | null =>
    id === null ? null : { id, name: names.get(id) ?? null };
  const isVoiding = event.type === "approval.vote_voided";
  const given: unknown = data.reason;
  const actorNames = actorKind === "connection" ? connections : people;
  const actorName = actorId && (actorNames.get(actorId) ?? null);
  const person = named(people, event.personId);
  return {
    id: event.id,
    sequence: event.sequence,
    type: event.type,
    at: event.at,
    actor: {
      kind: actorKind,
      id: actorId,
      name: actorName,
      fullName: nameActor({
        person: actorKind === "connection" ? (person?.name ?? null) : actorName,
        connection: actorKind === "connection" ? actorName : null,
        via: data.via ?? null,
      }),
    },
    person,
    to: named(people, event.toId),
    connection: named(connections, event.connectionId),
    via: data.via ?? null,
    step: (event.stepId && steps.get(event.stepId)) || null,
    decision: decisionIn(data.decision),
    replaced: decisionIn(data.replaced),
    comment: textIn(data.comment) ?? textIn(data.body),
    source: textIn(data.source),
    reason: typeof data.reason === "string" && !isVoiding ? data.reason : null,
    voidReason: isVoiding && isOneOf(voidReasons, given) ? given : null,
    status: textIn(data.status),
    fields: Array.isArray(data.fields) ? data.fields.map(String) : [],
    votesVoided: Number(data.votes_voided ?? 0),
    error: textIn(data.error),
  };
}
