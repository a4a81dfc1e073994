/** Templates: field values that requests are made from. */
export const organizationTemplates = {
  title: "Templates",
  lead: "A template fills in the fields that a request leaves out. The asker names a template, and admins set its values here.",
  create: "New template",
  emptyTitle: "No templates yet",
  emptyText:
    "A template sets the approvers, the priority and the deadline, so that an automation only sends the rest. Create a template, then use it in a request:",
  emptyForMember:
    "Admins create templates. A template fills in the fields that a request leaves out.",
  curlLabel: "Use a template with curl",
  edit: "Edit",
  editOf: (name: string) => `Edit the template ${name}`,
  createTitle: "New template",
  editTitle: "Edit template",
  about: "Template",
  name: "Name",
  nameHint: "Shown in the lists of n8n, Zapier and Make.",
  description: "Description",
  targetApp: "Show in app",
  targetAppHint: "Leave empty to show it in all apps.",
  asks: "Default values",
  asksHint: "Leave a field empty if each request should set it.",
  requestTitle: "Title",
  requestDescription: "Description",
  priority: "Priority",
  unset: "Not set",
  actionType: "Action type",
  actionTypeHint:
    "For example deploy.production. A connection can be limited to certain action types.",
  who: "Approvers",
  whom: {
    unset: "Not set: everybody who may approve",
    team: "A team",
    people: "Specific people",
  },
  team: "Team",
  people: "People",
  peopleHint: (count: number, max: number) => `${count} of at most ${max}`,
  required: "Required approvals",
  sequential: "In sequence",
  sequentialHint: "Asks each approver when the one before has approved.",
  rejectionReason: "Require a reason for rejection",
  deadline: "Deadline",
  expires: "Expires after",
  auto: "Automatic action",
  autoNone: "None",
  autoActions: { approve: "Approve", reject: "Reject" },
  autoAfter: "After",
  unit: "unit",
  units: { minutes: "minutes", hours: "hours", days: "days" },
  preview: "Preview",
  previewTitle: "The request's title",
  previewDescription: "The request's description.",
  previewEverybody: "Everybody who may approve can decide.",
  previewTeam: (team: string) => `Everybody in ${team} can decide.`,
  previewPeople: (names: string) => `${names} can decide.`,
  previewQuorum: (count: number) =>
    count === 1 ? "1 approval is needed." : `${count} approvals are needed.`,
  previewSequential: "Approvers are asked in sequence.",
  previewExpires: (after: string) => `Expires after ${after}.`,
  previewAuto: (action: "approve" | "reject", after: string) =>
    action === "approve" ? `Auto-approves after ${after}.` : `Auto-rejects after ${after}.`,
  previewReason: "A rejection needs a reason.",
  save: "Save",
  saved: "Template saved.",
  delete: "Delete template",
  deleteTitle: (name: string) => `Delete the template ${name}?`,
  deleteText:
    "Existing requests stay as they are. New requests that name this template are refused.",
  deleted: (name: string) => `Template ${name} deleted.`,
  duration: (minutes: number): string => {
    const [count, unit] =
      minutes % 1440 === 0
        ? [minutes / 1440, "day"]
        : minutes % 60 === 0
          ? [minutes / 60, "hour"]
          : [minutes, "minute"];
    return `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"}`;
  },
  facts: {
    team: (name: string) => `asks ${name}`,
    people: (count: number) => (count === 1 ? "asks 1 person" : `asks ${count} people`),
    quorum: (count: number) => `${count} approvals`,
    expires: (after: string) => `expires after ${after}`,
    auto: (action: "approve" | "reject", after: string) =>
      action === "approve" ? `auto-approves after ${after}` : `auto-rejects after ${after}`,
  },
};
