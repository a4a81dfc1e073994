/** Returns the properties of an object; none of any other value. */
export const propertiesOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};
