const many = (count: number, one: string, more: string): string =>
  count === 1 ? `1 ${one}` : `${count.toLocaleString("en")} ${more}`;

const stillOpen = (count: number): string =>
  count === 0 ? "" : `, ${count.toLocaleString("en")} with your vote waiting for others`;

/** The lists of requests. */
export const inbox = {
  titles: { inbox: "Inbox", all: "Requests" },
  lists: { all: "All", decided: "Decided", mine: "Asked by me" },
  which: "Which requests",
  list: "Requests",
  count: {
    inbox: (count: number) => many(count, "request needs you", "requests need you"),
    all: (count: number) => many(count, "request", "requests"),
    decided: (count: number) => many(count, "decided request", "decided requests"),
    mine: (count: number) =>
      many(count, "request that you asked for", "requests that you asked for"),
  },
  fresh: (count: number) => many(count, "new", "new"),
  showFresh: "Show them",

  row: {
    asks: (name: string) => `${name} asks`,
    somebody: "Somebody",
    quorum: (have: number, need: number) => `${have} of ${need}`,
    quorumLong: (have: number, need: number) => `${have} of ${need} approvals`,
    expires: (span: string) => `expires ${span}`,
    acts: { approve: "approves itself", reject: "rejects itself" },
    actsWhen: (what: string, span: string) => `${what} ${span}`,
    overdue: "the deadline has passed",
    comments: (count: number) => many(count, "comment", "comments"),
    select: (title: string) => `Select “${title}”`,
    selectNot: {
      critical: "Critical requests are decided one by one",
      high: "High priority requests are decided one by one",
    },
    by: (name: string) => `by ${name}`,
    itself: "by itself",
    logged: "logged",
    loading: "Loading a request",
    approve: "Approve",
    reject: "Reject",
  },

  left: {
    you: {
      approved: "You approved this",
      rejected: "You rejected this",
      voted: "Your vote is counted",
    },
    other: {
      approved: (name: string) => `${name} approved this`,
      rejected: (name: string) => `${name} rejected this`,
      cancelled: (name: string) => `${name} withdrew this`,
    },
    itself: {
      approved: "It approved itself",
      rejected: "It rejected itself",
      cancelled: "It was withdrawn",
      expired: "It expired",
    },
  },

  search: "Search titles and descriptions",
  searchKey: "/",
  clearSearch: "Clear the search",
  filter: {
    button: "Filter",
    count: (count: number) => many(count, "filter", "filters"),
    title: "Narrow the list",
    status: "Status",
    priority: "Priority",
    action: "Action type",
    anyAction: "Any",
    source: "Source",
    sourceHint: "As whoever asks names itself: n8n, zapier, ci …",
    when: "Asked",
    days: {
      any: "At any time",
      1: "In the last 24 hours",
      7: "In the last 7 days",
      30: "In the last 30 days",
      90: "In the last 90 days",
      between: "Between two days",
    },
    from: "From",
    to: "To",
    show: "Show",
    reset: "Clear all",
    remove: (what: string) => `Don't filter by ${what}`,
    active: "Filters",
    fromTo: (from: string | undefined, to: string | undefined) =>
      from && to ? `${from} – ${to}` : from ? `since ${from}` : `until ${to ?? ""}`,
  },

  views: {
    label: "Your views",
    save: "Save view",
    saveTitle: "Keep this list",
    saveLead: "Only you see your views.",
    name: "Name",
    namePlaceholder: "Deployments of this week",
    menu: (name: string) => `Change the view “${name}”`,
    rename: "Rename",
    renameTitle: "Rename the view",
    update: "Keep the present filters",
    updated: (name: string) => `“${name}” now shows these filters`,
    delete: "Delete",
    deleteTitle: "Delete this view?",
    deleteText: (name: string) => `“${name}” goes. The requests stay.`,
    saved: (name: string) => `Saved as “${name}”`,
  },

  empty: {
    inboxTitle: "Nothing waits for you",
    inboxText: "When an automation or an agent asks for your yes, it appears here at once.",
    inboxTry: "Try it: put an API key of a connection into SAYSO_KEY and ask.",
    example: "Example call",
    connections: "To the connections",
    filteredTitle: "Nothing matches",
    filteredText: "No request fits all of these filters.",
    clear: "Clear search and filters",
    allTitle: "Nobody has asked for anything yet",
    allText: "Every request of the organization will be listed here, whoever decides it.",
    decidedTitle: "Nothing is decided yet",
    decidedText: "What was approved, rejected, withdrawn or expired will be listed here.",
    mineTitle: "You have not asked for anything",
    mineText: "What you or your connections ask for will be listed here, with its answer.",
  },

  bulk: {
    label: "Selected requests",
    selected: (count: number) => many(count, "selected", "selected"),
    approve: "Approve",
    reject: "Reject",
    clear: "Clear the selection",
    title: {
      approve: (count: number) => `Approve ${many(count, "request", "requests")}?`,
      reject: (count: number) => `Reject ${many(count, "request", "requests")}?`,
    },
    asked: "What is asked",
    unread:
      "Some of it is folded. Open all of it before you approve; what is too long for this list has to be decided by itself.",
    comment: "Comment for all of them",
    reasonHint: "Some requests can be rejected only with a reason.",
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
    hint: "Everybody who sees the request reads it.",
    send: "Add comment",
    sent: "Comment added",
  },

  keys: {
    group: "List",
    next: "Next request",
    previous: "Previous request",
    open: "Open",
    select: "Select",
    selectRange: "Select up to here",
    approve: "Approve",
    reject: "Reject",
    comment: "Comment",
    search: "Search",
    leave: "Clear the selection",
  },
};
