/** The differences between before and after. */
export const difference = {
  title: "Changes",
  before: "Before",
  after: "After",
  none: "Before and after are the same.",
  whole: "(everything)",
  added: "added",
  removed: "removed",
  changed: "changed",
  more: "Too many changes to show here. The JSON below has all of them.",
  claimed: "Stated by the asker. Sayso has not checked it.",
  unchangedLines: (count: number) =>
    count === 1 ? "1 line unchanged" : `${count} lines unchanged`,
  entity: { create: "Creates", update: "Changes", delete: "Deletes" },
  version: (version: number) => `version ${version}`,
  stale: (made: number, now: number) =>
    `This change was made for version ${made}, but the current version is ${now}. It can no longer be approved. Ask for a new one.`,
  states: {
    proposed: "Applies with the last approval",
    applying: "Approved, being applied",
    applied: "Applied",
    failed: "Approved, but applying it failed",
    abandoned: "Approved, but not applied: abandoned",
  },
  attempts: (count: number) => (count === 1 ? "1 attempt" : `${count} attempts`),
  answered: (status: number) => `answered ${status}`,
  retry: "Retry",
  abandon: "Abandon",
  retried: "Applying the change again",
  abandoned: "Change abandoned. Nothing was changed.",
};
