/** The card that lets a connection vote in its owner's name. */
export const deciding = {
  title: "Voting",
  on: "can vote",
  off: "can't vote",
  asks: "This connection asks, and people decide. It can't vote.",
  votes: (owner: string | null, since: string, onCommandLine: boolean) =>
    `Its votes count as ${owner === null ? "yours" : `${owner}'s`} since ${since}. Permission was given ${
      onCommandLine ? "on the server's command line" : "in the dashboard"
    }.`,
  own: "It can also vote on its own requests.",
  notOwn: "It can't vote on its own requests.",
  whyNot: (owner: string) =>
    `Only the owner, ${owner}, can let this connection vote: its votes would count as theirs.`,
  allow: "Let it vote in my name",
  allowTitle: "Let it vote in your name?",
  allowHint: (name: string) =>
    `Every program with a key of ${name} can then approve and reject as you. Allow it only for a program that passes on your own decisions.`,
  allowOwn: "Let it vote on its own requests too",
  allowOwnTitle: "Let it vote on its own requests?",
  ending: (count: number) =>
    count === 1
      ? "This key is revoked, because you didn't create it while signed in:"
      : `These ${count} keys are revoked, because you didn't create them while signed in:`,
  noneEnds: "No key is revoked: you created all of them.",
  madeBy: (name: string | null) =>
    name === null ? "created before Sayso recorded by whom" : `created by ${name}`,
  ownToo: "Also on its own requests",
  ownTooHint:
    "One key can then both ask and approve, without any person looking. Use this only for tests.",
  allowed: "It can now vote in your name.",
  stop: "Stop its voting",
  stopTitle: "Stop its voting?",
  stopHint: "Its votes stop counting within a second. It can still ask.",
  stopped: "It can no longer vote.",
};
