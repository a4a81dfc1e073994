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

/** The page of figures. */
export const organizationFigures = {
  title: "Numbers",
  lead: "How asking and deciding goes. Every chart is a table as well.",
  span: "Span",
  lastDays: (days: number) => `${days} days`,
  from: "From",
  to: "Until",
  zone: (zone: string) => `Days begin and end in ${zone}.`,
  emptyTitle: "Nothing was asked in this span",
  emptyText:
    "When requests come in and are decided, you see here how long a yes takes and where it gets stuck. Ask for the first one:",
  curlLabel: "Asking for a yes, from a shell",
  duration,
  number,
  waitingNow: "Waiting now",
  oldest: "the oldest for",
  medianTime: "Half are decided within",
  ninety: (time: string) => `nine of ten within ${time}`,
  yesRate: "How often it is a yes",
  rate: (rate: number) => `${Math.round(100 * rate)} %`,
  rateOf: (count: number) => `of ${number(count)} decided`,
  ended: "Ended in this span",
  perDay: (count: number) => `${number(count)} a day`,
  none: "–",
  columns: {
    age: "Waiting",
    priority: "Priority",
    count: "Requests",
    half: "Half within",
    nine: "Nine of ten within",
    day: "Day",
    who: "Who",
    asked: "Asked",
    pending: "Still waiting",
    decided: "Decided by their vote",
    step: "Step",
    decisions: "Decisions",
    source: "Asked through",
    team: "Team",
  },
  outcome: {
    approved: "approved",
    rejected: "rejected",
    cancelled: "cancelled",
    expired: "expired",
  },
  waiting: {
    question: "What is waiting, and how long?",
    nothing: "Nothing waits.",
    answer: (count: number, old: number) =>
      old === 0
        ? `${requests(count)} ${count === 1 ? "waits" : "wait"}, none for more than a day.`
        : `${requests(count)} ${count === 1 ? "waits" : "wait"}, ${number(old)} of them for more than a day.`,
    upTo: (seconds: number) => `up to ${duration(seconds)}`,
    longer: (seconds: number) => `longer than ${duration(seconds)}`,
  },
  speed: {
    question: "How long does a yes take?",
    answer: (half: string, nine: string) =>
      `From asking to a person's decision: half within ${half}, nine of ten within ${nine}.`,
    text: (half: string, nine: string) => `${half} · ${nine}`,
    half: "half within",
    nine: "nine of ten within",
    teams: "Which team is slowest?",
    teamsAnswer: "Requests that ask a team as a whole.",
  },
  volume: {
    question: "What was decided, day by day?",
    hint: "Point at a column to see its day.",
    of: (day: string, parts: string) => `${day}: ${parts}`,
    nothing: "nothing",
  },
  asked: {
    question: "Who is asked most?",
    answer: (everybody: number, sampled: number) =>
      `By name, in the newest ${requests(sampled)} of this span; ${number(everybody)} ask everybody who may approve.`,
    text: (asked: number, pending: number) =>
      pending === 0 ? number(asked) : `${number(asked)}, ${number(pending)} waiting`,
    team: (name: string) => `Team ${name}`,
    done: "done",
    waiting: "still waiting",
  },
  stuck: {
    question: "Where does it get stuck?",
    answer: (sampled: number) =>
      `The slowest steps, from when they could be voted on, in the newest ${number(sampled)} decided ones.`,
    step: (order: number) => `Step ${order} without a name`,
    of: (step: string, team: string) => `${step} · ${team}`,
  },
  sources: {
    question: "Who asks, and with what success?",
    people: "People, by themselves",
  },
  gone: "Deleted meanwhile",
};
