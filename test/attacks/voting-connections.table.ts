// The table of who may do what to a connection that votes. The test tries every cell, and the decision shows this
// table.

export const deeds = {
  see: "see it",
  settings: "rename, limits",
  makeKey: "make a key",
  rotateKey: "rotate the key",
  revokeKey: "revoke a key",
  switchOn: "let it decide",
  switchOnOwn: "also its own",
  switchOff: "switch off",
  transfer: "transfer",
  delete: "delete",
  rotateSecret: "rotate webhook secret",
} as const;
export type Deed = keyof typeof deeds;

export const actors = {
  owner: "owner, an admin, proven lately",
  staleOwner: "owner, an admin, signed in long ago",
  memberOwner: "owner, a member, proven lately",
  ownersToken: "owner's personal token",
  ownersApp: "app in the owner's name",
  admin: "another admin or owner",
  member: "another member",
  key: "the connection's own key",
  commandLineOwn: "command line, the first owner's own",
  commandLine: "command line, somebody else's",
} as const;
export type By = keyof typeof actors;

const all = Object.keys(deeds) as Deed[];
const nothingThatVotes = all.filter(
  (deed) => !["makeKey", "rotateKey", "switchOn", "switchOnOwn"].includes(deed),
);

/** The actions that each actor may take. All others are refused. */
export const allowed: Record<By, readonly Deed[]> = {
  owner: all,
  staleOwner: nothingThatVotes.filter((deed) => deed !== "transfer"),
  memberOwner: all.filter((deed) => !["settings", "transfer", "delete"].includes(deed)),
  ownersToken: nothingThatVotes.filter((deed) => deed !== "transfer"),
  ownersApp: [],
  admin: nothingThatVotes.filter((deed) => deed !== "rotateSecret"),
  member: [],
  key: [],
  commandLineOwn: all,
  commandLine: nothingThatVotes,
};

/** Renders the table as the decision shows it. */
export function renderTable(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...Object.values(deeds)]),
    line(["---", ...all.map(() => "---")]),
    ...(Object.keys(actors) as By[]).map((by) =>
      line([actors[by], ...all.map((deed) => (allowed[by].includes(deed) ? "yes" : "no"))]),
    ),
  ].join("\n");
}
