/** The card that lets a connection vote in its owner's name. */
export const deciding = {
  title: "Deciding",
  on: "votes",
  off: "asks only",
  asks: "It asks, and people decide. Its votes don't count.",
  votes: (owner: string | null, since: string, onCommandLine: boolean) =>
    `Its votes count as ${owner === null ? "yours" : `those of ${owner}`}, since ${since}; agreed to ${
      onCommandLine ? "on the server's command line" : "in person"
    }.`,
  own: "It may also decide what was asked through it.",
  notOwn: "It can't decide what was asked through it.",
  whyNot: (owner: string) =>
    `Only ${owner}, who answers for it, can let it decide: its votes would count as theirs.`,
  allow: "Let it decide in my name",
  allowTitle: "Let it decide in your name?",
  allowHint: (name: string) =>
    `Whoever holds a key of ${name} then approves and rejects as you. Do this only for a program that passes on what you decided.`,
  allowOwn: "Let it decide its own requests too",
  allowOwnTitle: "Let it decide what it asked?",
  ending: (count: number) =>
    count === 1
      ? "This key ends, because you didn't make it while signed in:"
      : `These ${count} keys end, because you didn't make them while signed in:`,
  noneEnds: "No key ends: you made those that there are.",
  madeBy: (name: string | null) =>
    name === null ? "made before this was noted" : `made by ${name}`,
  ownToo: "Also what was asked through it",
  ownTooHint:
    "Then one key both asks and approves, and nobody looks. Leave it off unless you are trying things out.",
  allowed: "It decides in your name from now on.",
  stop: "Stop it deciding",
  stopTitle: "Stop it deciding?",
  stopHint: "Its votes no longer count, within a second. It goes on asking.",
  stopped: "It asks only, from now on.",
};
