/** Templates: field values that requests are made from. */
export const organizationTemplates = {
  title: "Templates",
  lead: "Field values that a request gets unless it brings its own. Whoever asks names a template; you change the rules here.",
  create: "New template",
  emptyTitle: "No templates yet",
  emptyText:
    "With a template an automation sends two lines, and who is asked, how urgent it is and what happens at the deadline is decided here. Once there is one, ask by it:",
  emptyForMember: "Admins make templates. An automation that names one leaves the rules to it.",
  curlLabel: "Asking by a template, from a shell",
  edit: "Edit",
  editOf: (name: string) => `Edit the template ${name}`,
  createTitle: "New template",
  editTitle: "Edit template",
  about: "The template",
  name: "Name",
  nameHint: "What people pick in n8n, Zapier or Make.",
  description: "What it is for",
  targetApp: "App that offers it",
  targetAppHint: "Leave it empty for all of them.",
  asks: "What a request gets",
  asksHint: "Leave empty what each request has to bring by itself.",
  requestTitle: "Title",
  requestDescription: "Description",
  priority: "Priority",
  unset: "Not set",
  actionType: "Action type",
  actionTypeHint: "Such as deploy.production. Connections can be limited to some.",
  who: "Who decides",
  whom: {
    unset: "Not set: anybody who may approve",
    team: "Anybody in a team",
    people: "These people",
  },
  team: "Team",
  people: "People",
  peopleHint: (count: number, max: number) => `${count} of ${max} at most`,
  required: "How many must approve",
  sequential: "One after the other",
  sequentialHint: "In the order given; each is asked when the one before has approved.",
  rejectionReason: "A rejection needs a reason",
  deadline: "When nobody decides",
  expires: "It expires after",
  auto: "It decides itself",
  autoNone: "Never",
  autoActions: { approve: "Approves", reject: "Rejects" },
  autoAfter: "After",
  unit: "unit",
  units: { minutes: "minutes", hours: "hours", days: "days" },
  preview: "What people will see",
  previewTitle: "The title that the request brings",
  previewDescription: "What the request says about itself.",
  previewNobody: "Anybody who may approve can decide.",
  previewTeam: (team: string) => `Anybody in ${team} can decide.`,
  previewPeople: (names: string) => `${names} can decide.`,
  previewQuorum: (count: number) =>
    count === 1 ? "One approval is enough." : `${count} approvals are needed.`,
  previewSequential: "They are asked one after the other.",
  previewExpires: (after: string) => `Expires after ${after}.`,
  previewAuto: (action: "approve" | "reject", after: string) =>
    action === "approve" ? `Approves itself after ${after}.` : `Rejects itself after ${after}.`,
  previewReason: "Whoever rejects has to say why.",
  save: "Save",
  saved: "The template is saved.",
  delete: "Delete the template",
  deleteTitle: (name: string) => `Delete the template ${name}?`,
  deleteText:
    "Requests that were made from it stay as they are. Automations that still name it are refused from now on.",
  deleted: (name: string) => `The template ${name} is deleted.`,
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
      action === "approve" ? `approves itself after ${after}` : `rejects itself after ${after}`,
  },
};
