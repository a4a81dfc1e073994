import type { Bundle, ZObject } from "zapier-platform-core";

/** Zapier's own id of the running Zap. In the editor there can be none yet. */
export const zapId = ({ meta }: Pick<Bundle, "meta">): string => String(meta?.zap?.id ?? "editor");

/** Returns the source fields of a request, with the address at which approvers can look at the Zap. */
export function originOf(bundle: Pick<Bundle, "meta">): { source: string; source_url?: string } {
  const id = zapId(bundle);
  return {
    source: "zapier",
    ...(/^\d+$/.test(id) && { source_url: `https://zapier.com/editor/${id}` }),
  };
}

/** Returns a short name that is the same for equal values, whatever the order of their keys. */
export const digestOf = (z: ZObject, thing: unknown): string =>
  z.hash("sha256", JSON.stringify(sorted(thing))).slice(0, 32);

function sorted(thing: unknown): unknown {
  if (Array.isArray(thing)) return thing.map(sorted);
  if (typeof thing !== "object" || thing === null) return thing;
  return Object.fromEntries(
    Object.entries(thing)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sorted(value)]),
  );
}
