const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

const number = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 1 });

/** Formats a duration: "45 s", "12 min", "3.5 h", "2 days". */
function duration(seconds: number): string {
  if (seconds === HOUR) return "1 hour";
  if (seconds === DAY) return "1 day";
  if (seconds < 2 * MINUTE) return `${number(Math.round(seconds))} s`;
  if (seconds < 2 * HOUR) return `${number(Math.round(seconds / MINUTE))} min`;
  if (seconds < 2 * DAY) return `${number(Math.round((10 * seconds) / HOUR) / 10)} h`;
  return `${number(Math.round((10 * seconds) / DAY) / 10)} days`;
}

const requests = (count: number): string =>
  `${number(count)} ${count === 1 ? "request" : "requests"}`;

/** The page of insights. */
export const organizationInsights = {
  title: "Insights",
  lead: "How long requests wait, and how they are decided. Every chart is also available as a table.",
  period: "Period",
  lastDays: (days: number) => `${days} days`,
  from: "From",
  to: "To",
  zone: (zone: string) => `Time zone: ${zone}.`,
  emptyTitle: "No requests in this period",
  emptyText:
    "This page shows how long decisions take and where requests wait. Create the first request:",
  curlLabel: "Create a request with curl",
  duration,
  number,
  waitingNow: "Waiting now",
  oldest: "oldest:",
  medianTime: "Median time to decision",
  p90: (time: string) => `90th percentile: ${time}`,
  approvalRate: "Approval rate",
  rate: (rate: number) => `${Math.round(100 * rate)} %`,
  rateOf: (count: number) => `of ${number(count)} decided requests`,
  ended: "Ended requests",
  perDay: (count: number) => `${number(count)} per day`,
  none: "–",
  columns: {
    age: "Waiting",
    priority: "Priority",
    count: "Requests",
    median: "Median",
    p90: "90th percentile",
    day: "Day",
    who: "Approver",
    asked: "Requests",
    pending: "Waiting",
    decided: "Decided by their vote",
    step: "Step",
    decisions: "Decisions",
    source: "Source",
    team: "Team",
  },
  outcome: {
    approved: "approved",
    rejected: "rejected",
    cancelled: "cancelled",
    expired: "expired",
  },
  waiting: {
    title: "Waiting requests by age",
    nothing: "No waiting requests.",
    answer: (count: number, old: number) =>
      old === 0
        ? `${requests(count)} ${count === 1 ? "waits" : "wait"}, none for more than a day.`
        : `${requests(count)} ${count === 1 ? "waits" : "wait"}, ${number(old)} of them for more than a day.`,
    upTo: (seconds: number) => `up to ${duration(seconds)}`,
    longer: (seconds: number) => `longer than ${duration(seconds)}`,
  },
  speed: {
    title: "Time to decision",
    answer: (median: string, p90: string) =>
      `From the request to a person's decision. Median: ${median}, 90th percentile: ${p90}.`,
    text: (median: string, p90: string) => `${median} · ${p90}`,
    median: "median",
    p90: "90th percentile",
    teams: "Time to decision by team",
    teamsAnswer: "Requests that ask a whole team.",
  },
  volume: {
    title: "Ended requests per day",
    hint: "Hover over a column to see its day.",
    of: (day: string, parts: string) => `${day}: ${parts}`,
    nothing: "nothing",
  },
  asked: {
    title: "Requests by approver",
    answer: (everybody: number, sampled: number) =>
      `Approvers by name, from the newest ${requests(sampled)} of this period. ${number(everybody)} ask everybody who may approve.`,
    text: (asked: number, pending: number) =>
      pending === 0 ? number(asked) : `${number(asked)}, ${number(pending)} waiting`,
    team: (name: string) => `Team ${name}`,
    done: "decided",
    waiting: "waiting",
  },
  stuck: {
    title: "Slowest steps",
    answer: (sampled: number) =>
      `Time from a step's activation to its decision, from the newest ${number(sampled)} decided steps.`,
    step: (order: number) => `Step ${order} (unnamed)`,
    of: (step: string, team: string) => `${step} · ${team}`,
  },
  sources: {
    title: "Requests by source",
    people: "People",
  },
  gone: "Deleted",
};
