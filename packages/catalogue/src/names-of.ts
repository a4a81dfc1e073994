/**
 * Returns the names of declarations, in their order. They are literals, so they have the names of their type and no
 * others, and there is at least one.
 */
export const namesOf = <Name extends string>(declarations: Readonly<Record<Name, unknown>>) =>
  Object.keys(declarations) as [Name, ...Name[]];
