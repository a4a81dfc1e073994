/** Returns the fields with these names. A field that is absent or undefined is left out. */
export function pick<Fields extends object, Name extends keyof Fields>(
  fields: Fields,
  names: readonly Name[],
): Pick<Fields, Name> {
  const picked: Partial<Fields> = {};
  for (const name of names) if (fields[name] !== undefined) picked[name] = fields[name];
  // A field that is undefined is one that `Fields` lets be absent.
  return picked as Pick<Fields, Name>;
}
