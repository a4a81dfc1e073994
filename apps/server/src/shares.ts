/** The organization and connection on whose behalf something is sent or held. */
export interface Owner {
  organizationId: string;
  /** Null: no connection asked for it. */
  connectionId: string | null;
}

/**
 * The parts of a common stock that each owner holds, in units. A connection may take more while it holds less than is
 * left of its organization's half, and an organization while it holds less than is left of the whole. So a single
 * connection that takes as much as it can gets a quarter, a single organization a half, and two get a third each.
 * Something is always left for the next one.
 */
export interface Shares {
  /** Takes the units even if the owner's share is full. Call the returned function once, to give them back. */
  take(owner: Owner, units: number): () => void;
  /** Returns true while this owner may take nothing more. */
  isFull(owner: Owner): boolean;
  /** The organizations that may take nothing more for now. */
  fullOrganizations(): string[];
  /** The owners ({@link ownerId}) that may take nothing more for now. */
  fullOwners(): string[];
  left(): number;
}

/** Returns the id of the connection, or of the organization if there is none. */
export const ownerId = ({ organizationId, connectionId }: Owner): string =>
  connectionId ?? organizationId;

/** @param total size of the stock, in the caller's own units */
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
