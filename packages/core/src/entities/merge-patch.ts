/** A JSON object, parsed. */
export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The target with a merge patch applied (RFC 7396 §2): null takes a member away, objects are merged, anything else
 * takes the place of what was there. Neither argument is changed. `__proto__` is a member like any other.
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const members = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, isJsonObject(value) ? mergePatch(members.get(name), value) : value);
  }
  return Object.fromEntries(members);
}
