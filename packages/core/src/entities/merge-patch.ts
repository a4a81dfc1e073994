/** A JSON object, parsed. */
export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Returns the target with a merge patch applied (RFC 7396 §2). Neither argument is changed. A null removes a member,
 * objects are merged, and any other value replaces the member. `__proto__` is a member like any other.
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const members = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, isJsonObject(value) ? mergePatch(members.get(name), value) : value);
  }
  return Object.fromEntries(members);
}
