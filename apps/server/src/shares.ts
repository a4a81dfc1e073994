/** On whose behalf something is sent. */
export interface Owner {
  organizationId: string;
  /** Null: no connection asked for it. */
  connectionId: string | null;
}

/**
 * Who holds how much of something that is there for all. A connection may take more as long as it holds less than is left
 * of its organization's half, an organization as long as it holds less than is left of all: so one that takes what
 * it can has a quarter (a connection) or a half (an organization), two have a third each, and something is left for who
 * comes next.
 */
export interface Shares {
  /** Takes it whatever is left; call what comes back once, to give it back. */
  take(owner: Owner, units: number): () => void;
  /** Whether this owner may take nothing more for now. */
  isFull(owner: Owner): boolean;
  /** Organizations that may take nothing more for now. */
  fullOrganizations(): string[];
  /** Owners ({@link ownerId}) that may take nothing more for now. */
  fullOwners(): string[];
  left(): number;
}

/** A connection; where there is none, the organization itself stands for it. */
export const ownerId = ({ organizationId, connectionId }: Owner): string =>
  connectionId ?? organizationId;

/** @param total how much there is, in units of one's own */
export function createShares(total: number): Shares {
  const organizations = new Map<string, number>();
  const owners = new Map<string, { organizationId: string; held: number }>();
  let taken = 0;

  const heldBy = (organizationId: string): number => organizations.get(organizationId) ?? 0;
  const isOrganizationFull = (organizationId: string): boolean =>
    heldBy(organizationId) >= total - taken;
  const isOwnerFull = (id: string, organizationId: string): boolean =>
    (owners.get(id)?.held ?? 0) >= total / 2 - heldBy(organizationId);
  const add = (owner: Owner, units: number): void => {
    const { organizationId } = owner;
    const [id, ofOrganization] = [ownerId(owner), heldBy(organizationId) + units];
    const held = (owners.get(id)?.held ?? 0) + units;
    taken += units;
    if (ofOrganization > 0) organizations.set(organizationId, ofOrganization);
    else organizations.delete(organizationId);
    if (held > 0) owners.set(id, { organizationId, held });
    else owners.delete(id);
  };

  return {
    take(owner, units) {
      add(owner, units);
      let isHeld = true;
      return () => {
        if (isHeld) add(owner, -units);
        isHeld = false;
      };
    },
    isFull: (owner) =>
      isOrganizationFull(owner.organizationId) || isOwnerFull(ownerId(owner), owner.organizationId),
    fullOrganizations: () =>
      [...organizations.keys()].filter((id) => isOrganizationFull(id) || heldBy(id) >= total / 2),
    fullOwners: () =>
      [...owners]
        .filter(([id, { organizationId }]) => isOwnerFull(id, organizationId))
        .map(([id]) => id),
    left: () => total - taken,
  };
}
