const many = (count: number, one: string, more: string): string =>
  count === 1 ? `1 ${one}` : `${count.toLocaleString("en")} ${more}`;

const stillOpen = (count: number): string =>
  count === 0 ? "" : `, ${count.toLocaleString("en")} still waiting for other votes`;

/** The lists of requests. */
export const inbox = {
  titles: { inbox: "Inbox", all: "Requests" },
  lists: { all: "All", decided: "Decided", mine: "My requests" },
  which: "Request lists",
  list: "Requests",
  count: {
    inbox: (count: number) => many(count, "request needs you", "requests need you"),
    all: (count: number) => many(count, "request", "requests"),
    decided: (count: number) => many(count, "decided request", "decided requests"),
    mine: (count: number) => many(count, "request of yours", "requests of yours"),
  },
  fresh: (count: number) => many(count, "new", "new"),
  showFresh: "Show",

  row: {
    asks: (name: string) => `${name} asks`,
    somebody: "Somebody",
    quorum: (have: number, need: number) => `${have} of ${need}`,
    quorumLong: (have: number, need: number) => `${have} of ${need} approvals`,
    expires: (span: string) => `expires ${span}`,
    acts: { approve: "auto-approves", reject: "auto-rejects" },
    actsWhen: (what: string, span: string) => `${what} ${span}`,
    overdue: "overdue",
    comments: (count: number) => many(count, "comment", "comments"),
    select: (title: string) => `Select “${title}”`,
    selectNot: {
      critical: "Decide critical requests one by one",
      high: "Decide high-priority requests one by one",
    },
    by: (name: string) => `by ${name}`,
    itself: "automatically",
    logged: "logged",
    loading: "Loading a request",
    approve: "Approve",
    reject: "Reject",
  },

  left: {
    you: {
      approved: "You approved this",
      rejected: "You rejected this",
      voted: "Your vote was counted",
    },
    other: {
      approved: (name: string) => `${name} approved this`,
      rejected: (name: string) => `${name} rejected this`,
      cancelled: (name: string) => `${name} withdrew this`,
    },
    itself: {
      approved: "Approved automatically",
      rejected: "Rejected automatically",
      cancelled: "Withdrawn",
      expired: "Expired",
    },
  },

  search: "Search titles and descriptions",
  searchKey: "/",
  clearSearch: "Clear search",
  filter: {
    button: "Filter",
    count: (count: number) => many(count, "filter", "filters"),
    title: "Filters",
    status: "Status",
    priority: "Priority",
    action: "Action type",
    anyAction: "Any",
    source: "Source",
    sourceHint: "The name that the asker gave: n8n, zapier, ci …",
    when: "Requested",
    days: {
      any: "Any time",
      1: "Last 24 hours",
      7: "Last 7 days",
      30: "Last 30 days",
      90: "Last 90 days",
      between: "Custom range",
    },
    from: "From",
    to: "To",
    show: "Show",
    reset: "Clear all",
    remove: (what: string) => `Remove filter ${what}`,
    active: "Filters",
    fromTo: (from: string | undefined, to: string | undefined) =>
      from && to ? `${from} – ${to}` : from ? `since ${from}` : `until ${to ?? ""}`,
  },

  views: {
    label: "Your views",
    save: "Save view",
    saveTitle: "Save view",
    saveLead: "Only you see your views.",
    name: "Name",
    namePlaceholder: "Deployments of this week",
    menu: (name: string) => `Options for the view “${name}”`,
    rename: "Rename",
    renameTitle: "Rename view",
    update: "Update with current filters",
    updated: (name: string) => `Updated “${name}”`,
    delete: "Delete",
    deleteTitle: "Delete this view?",
    deleteText: (name: string) => `Deletes the view “${name}”. Its requests stay.`,
    saved: (name: string) => `Saved as “${name}”`,
  },

  empty: {
    inboxTitle: "You're all caught up",
    inboxText:
      "A request appears here as soon as an automation or an agent asks for your approval.",
    inboxTry: "Try it: set SAYSO_API_KEY to a connection's key, and send this request.",
    example: "Example request",
    connections: "Open connections",
    filteredTitle: "No requests match",
    filteredText: "Remove a filter or change your search.",
    clear: "Clear search and filters",
    allTitle: "No requests yet",
    allText: "All requests of the organization appear here.",
    decidedTitle: "No decided requests yet",
    decidedText: "Requests appear here when they are approved, rejected, withdrawn or expired.",
    mineTitle: "No requests of yours yet",
    mineText: "Requests from you and your connections appear here with their decision.",
  },

  bulk: {
    label: "Selected requests",
    selected: (count: number) => many(count, "selected", "selected"),
    approve: "Approve",
    reject: "Reject",
    clear: "Clear selection",
    title: {
      approve: (count: number) => `Approve ${many(count, "request", "requests")}?`,
      reject: (count: number) => `Reject ${many(count, "request", "requests")}?`,
    },
    asked: "Selected requests",
    unread:
      "Some details are collapsed. Expand them before you approve. Decide requests that are too long for this list one by one.",
    comment: "Comment on all of them",
    reasonHint: "Some of these requests need a reason when they are rejected.",
    working: (done: number, all: number) => `${done} of ${all}`,
    done: {
      approve: (ended: number, open: number) =>
        `${many(ended, "request", "requests")} approved${stillOpen(open)}`,
      reject: (ended: number, open: number) =>
        `${many(ended, "request", "requests")} rejected${stillOpen(open)}`,
    },
  },

  comment: {
    title: "Comment",
    label: "Comment",
    hint: "Visible to everybody who can see the request.",
    send: "Add comment",
    sent: "Comment added",
  },

  keys: {
    group: "List",
    next: "Next request",
    previous: "Previous request",
    open: "Open",
    select: "Select",
    selectRange: "Select range",
    approve: "Approve",
    reject: "Reject",
    comment: "Comment",
    search: "Search",
    leave: "Clear selection",
  },
};
