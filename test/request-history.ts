import type { TestServices } from "@sayso/testkit";
import { expect } from "vitest";

// Rules that the rows of a request keep at any moment, whatever happened to the request and whichever process was
// killed meanwhile (docs/security.md, "What is promised"). The rules read the tables and don't use the state machine.

interface Row {
  id: string;
  status: string;
  required_approvals: number;
  current_approvals: number;
  required_steps: number | null;
  is_sequential: boolean;
  is_log: boolean;
  expires_at: Date | null;
  auto_action: string | null;
  auto_action_at: Date | null;
  event_sequence: number;
  comments_count: number;
  callback_url: string | null;
  decided_at: Date | null;
  decided_by: string | null;
  four_eyes: boolean;
  requesters: (string | null)[];
  is_searched: boolean;
  steps: Step[];
  votes: Vote[];
  events: Event[];
  comments: number;
  deliveries: Delivery[];
}
interface Step {
  id: string;
  step_order: number;
  status: string;
  required_approvals: number;
  of_quorum: boolean;
}
interface Vote {
  /** Says whether its person may approve at this moment, as a member since before the vote. */
  counts: boolean;
  step_id: string;
  person_id: string;
  decision: "approve" | "reject";
  voided_at: string | null;
  created_at: string;
}
interface Event {
  id: string;
  sequence: number;
  type: string;
  data: Record<string, unknown>;
}
interface Delivery {
  event_id: string;
  status: string;
  body: string;
  successes: number;
}

const select = `
  select r.id, r.status, r.required_approvals, r.current_approvals, r.required_steps, r.is_sequential, r.is_log,
    r.expires_at, r.auto_action, r.auto_action_at, r.event_sequence, r.comments_count, r.callback_url, r.decided_at,
    r.decided_by, o.four_eyes, array[r.created_by, c.owner_id] as requesters,
    exists (select from request_search q where q.id = r.id and q.organization_id = r.organization_id and q.status = r.status
      and q.priority = r.priority and q.source is not distinct from r.source
      and q.words = request_words(r.title, r.description)) as is_searched,
    (select count(*)::int from comments m where m.organization_id = r.organization_id and m.request_id = r.id) as comments,
    (select coalesce(json_agg(s order by s.step_order, s.id), '[]') from steps s
     where s.organization_id = r.organization_id and s.request_id = r.id) as steps,
    (select coalesce(json_agg(v order by v.id), '[]') from (select v.*, exists (
       select from memberships m join people p on p.id = m.person_id
       where m.organization_id = v.organization_id and m.person_id = v.person_id and m.can_approve
         and p.disabled_at is null and m.created_at <= v.created_at) as counts from votes v) v
     where v.organization_id = r.organization_id and v.request_id = r.id) as votes,
    (select coalesce(json_agg(e order by e.sequence), '[]') from events e
     where e.organization_id = r.organization_id and e.request_id = r.id) as events,
    (select coalesce(json_agg(json_build_object('event_id', d.event_id, 'status', d.status, 'body', d.body, 'successes',
       (select count(*) from delivery_attempts a
        where a.organization_id = d.organization_id and a.delivery_id = d.id and a.status_code between 200 and 299))), '[]')
     from deliveries d where d.organization_id = r.organization_id and d.request_id = r.id
       and d.entity_type_id is null) as deliveries
  from requests r join organizations o on o.id = r.organization_id left join connections c on c.id = r.connection_id`;

type Rule = (row: Row) => boolean;

const endings = (row: Row) =>
  row.events.filter((e) => /^approval\.(approved|rejected|cancelled|expired)$/.test(e.type));
const ofType = (row: Row, type: string) => row.events.filter((e) => e.type === `approval.${type}`);
const counted = (row: Row) => row.votes.filter((v) => v.voided_at === null);
const reason = (row: Row) => endings(row)[0]?.data.reason;
const isDistinct = (keys: string[]) => new Set(keys).size === keys.length;
const sorted = (keys: unknown[]) => keys.map(String).sort().join();
const time = (at: Date | string | null) => (at === null ? Infinity : new Date(at).getTime());
const approvers = (row: Row, stepId: string) =>
  new Set(
    counted(row)
      .filter((v) => v.step_id === stepId && v.decision === "approve")
      .map((v) => v.person_id),
  ).size;

/** Returns the number of the last event that voided earlier votes. */
const revisedAt = (row: Row) => ofType(row, "revised").at(-1)?.sequence ?? 0;
/** Says whether a later event voided the vote of this one, because its person lost the right to approve. */
const isVoided = (row: Row, cast: Event) =>
  ofType(row, "vote_voided").some(
    (e) =>
      e.sequence > cast.sequence &&
      e.data.person_id === cast.data.person_id &&
      e.data.step_id === cast.data.step_id,
  );
const votesCast = (row: Row) =>
  ofType(row, "vote_cast")
    .filter((e) => e.sequence > revisedAt(row) && !isVoided(row, e))
    .map((e) => ({
      sequence: e.sequence,
      stepId: (e.data.step_id as string | null) ?? row.id,
      personId: e.data.person_id as string,
      decision: e.data.decision as string,
    }));

const rules: Record<string, Rule> = {
  "its events are numbered from 1 without a gap": (row) =>
    row.events.every((e, i) => e.sequence === i + 1) && row.events.length === row.event_sequence,
  "its first event is its creation": (row) =>
    row.events[0]?.type === "approval.created" && ofType(row, "created").length === 1,
  "exactly one event ends it, of its status, and only comments, or what a change comes to, follow":
    (row) => {
      if (row.is_log || row.status === "pending") return endings(row).length === 0;
      const [ending, ...others] = endings(row);
      const later = row.events.filter((e) => e.sequence > (ending?.sequence ?? 0));
      return (
        ending?.type === `approval.${row.status}` &&
        others.length === 0 &&
        later.every((e) => e.type === "approval.commented" || e.type.startsWith("change."))
      );
    },
  "it has a decision's time exactly if it is decided": (row) =>
    (row.decided_at !== null) === (row.status !== "pending"),
  "nobody has two votes on a step": (row) =>
    isDistinct(counted(row).map((v) => `${v.step_id} ${v.person_id}`)),
  "nobody approved two steps of one quorum": (row) =>
    isDistinct(
      counted(row)
        .filter((v) => v.decision === "approve")
        .filter((v) => row.steps.some((s) => s.id === v.step_id && s.of_quorum))
        .map((v) => v.person_id),
    ),
  "every vote has its event": (row) =>
    ofType(row, "vote_cast").length === row.votes.length &&
    sorted(votesCast(row).map((v) => `${v.stepId} ${v.personId} ${v.decision}`)) ===
      sorted(counted(row).map((v) => `${v.step_id} ${v.person_id} ${v.decision}`)),
  "every vote is on a step of its own": (row) =>
    counted(row).every((v) =>
      row.required_steps === null
        ? v.step_id === row.id
        : row.steps.some((s) => s.id === v.step_id),
    ),
  "current_approvals is the number of its approvals": (row) =>
    row.current_approvals === counted(row).filter((v) => v.decision === "approve").length,
  "approved means its quorum, or its automatic approval": (row) => {
    if (row.status !== "approved" || row.is_log) return true;
    if (reason(row) === "auto_action")
      return row.auto_action === "approve" && time(row.decided_at) >= time(row.auto_action_at);
    if (row.required_steps === null) return approvers(row, row.id) === row.required_approvals;
    return (
      row.steps.filter((s) => approvers(row, s.id) === s.required_approvals).length ===
      row.required_steps
    );
  },
  "pending means that its quorum is not reached": (row) =>
    row.status !== "pending" ||
    (row.required_steps === null
      ? approvers(row, row.id) < row.required_approvals
      : row.steps.filter((s) => approvers(row, s.id) >= s.required_approvals).length <
        row.required_steps),
  "rejected means one rejection, or its automatic one; otherwise there is none": (row) => {
    const rejections = counted(row).filter((v) => v.decision === "reject").length;
    if (row.status !== "rejected") return rejections === 0;
    return reason(row) === "auto_action"
      ? rejections === 0 && row.auto_action === "reject"
      : rejections === 1;
  },
  "on a pending request only votes of people who may approve count": (row) =>
    row.status !== "pending" || counted(row).every((v) => v.counts),
  "whoever cast the last vote decided it, where a vote did": (row) =>
    reason(row) !== "vote" || votesCast(row).at(-1)?.personId === row.decided_by,
  "no vote lies after its deadline": (row) =>
    row.votes.every(
      (v) => time(v.created_at) <= Math.min(time(row.expires_at), time(row.auto_action_at)),
    ),
  "expired means that its time was over": (row) =>
    row.status !== "expired" || time(row.decided_at) >= time(row.expires_at),
  "its steps stand where their votes have brought them": (row) =>
    row.steps.every((s) => {
      if (counted(row).some((v) => v.step_id === s.id && v.decision === "reject"))
        return s.status === "rejected";
      if (approvers(row, s.id) >= s.required_approvals) return s.status === "approved";
      return row.status === "pending"
        ? s.status === "active" || s.status === "waiting"
        : s.status === "skipped";
    }),
  "in sequence, nobody voted on a step before those ahead of it were approved": (row) =>
    !row.is_sequential ||
    votesCast(row).every(({ sequence, stepId }) => {
      const order = row.steps.find((s) => s.id === stepId)?.step_order ?? 0;
      const ahead = row.steps.filter((s) => s.step_order < order);
      return ahead.every((s) =>
        ofType(row, "step_decided").some(
          (e) => e.data.step_id === s.id && e.sequence < sequence && e.sequence > revisedAt(row),
        ),
      );
    }),
  "under four eyes no requester voted": (row) =>
    !row.four_eyes || row.votes.every((v) => !row.requesters.includes(v.person_id)),
  "every comment has its event": (row) =>
    row.comments === row.comments_count && ofType(row, "commented").length === row.comments,
  "a search sees it as it is": (row) => row.is_searched,
  "it has one callback exactly if it has ended and wants one, of its ending event": (row) => {
    const isDue = row.callback_url !== null && row.status !== "pending" && !row.is_log;
    if (!isDue) return row.deliveries.length === 0;
    const [ending] = endings(row);
    return (
      row.deliveries.length === 1 &&
      row.deliveries.every((d) => {
        const body = JSON.parse(d.body) as Record<string, unknown>;
        return (
          d.event_id === ending?.id &&
          body.status === row.status &&
          body.id === row.id &&
          body.sequence === ending.sequence
        );
      })
    );
  },
  "its callback counts as delivered only after a 2xx": (row) =>
    row.deliveries.every((d) => d.status !== "delivered" || d.successes > 0),
};

/**
 * Finds every promise that these requests (default: all of the database) break. @returns the faults in words; empty if
 * there are none
 */
export async function findViolations(
  services: TestServices,
  ids?: readonly string[],
): Promise<string[]> {
  const rows = await services.sql<Row>(`${select} where $1::uuid[] is null or r.id = any ($1)`, [
    ids ?? null,
  ]);
  const missing = (ids ?? []).filter((id) => !rows.some((row) => row.id === id));
  return [
    ...missing.map((id) => `request ${id} is lost`),
    ...rows.flatMap((row) =>
      Object.entries(rules)
        .filter(([, holds]) => !holds(row))
        .map(
          ([rule]) =>
            `not true of ${row.status} request ${row.id}: ${rule}\n${JSON.stringify(row.events.map((e) => [e.sequence, e.type]))}`,
        ),
    ),
  ];
}

/** Fails unless the requests keep every promise. */
export async function expectSound(services: TestServices, ...ids: string[]): Promise<void> {
  expect(await findViolations(services, ids)).toEqual([]);
}

/** Fails unless every request of the database keeps every promise and the counters equal count(*). */
export async function expectAllSound(services: TestServices): Promise<void> {
  expect(await findViolations(services)).toEqual([]);
  const counters =
    "select organization_id, status, priority, sum(count)::int as count from request_counts group by 1, 2, 3 having sum(count) <> 0";
  const rows =
    "select organization_id, status, priority, count(*)::int as count from requests group by 1, 2, 3";
  expect(await services.sql(`(${counters}) except (${rows})`)).toEqual([]);
  expect(await services.sql(`(${rows}) except (${counters})`)).toEqual([]);
}
