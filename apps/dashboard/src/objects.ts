/**
 * Returns an object's names, typed. Only for an object that is written out in the source, because the type of any other
 * doesn't tell all names that it has.
 */
export const keysOf = <Key extends string>(object: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(object) as Key[];
