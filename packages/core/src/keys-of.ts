/**
 * Returns the keys of an object that has no others than its type names: one that is written out, or a checked input.
 */
export const keysOf = <T extends object>(object: T): (keyof T & string)[] =>
  Object.keys(object) as (keyof T & string)[];
