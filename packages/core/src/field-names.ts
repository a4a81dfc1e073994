/** `Name` in snake_case: requiredApprovals is required_approvals. */
export type SnakeCase<Name> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name;

/** `Name` in camelCase: required_approvals is requiredApprovals. */
export type CamelCase<Name> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

type InSnakeCase<Fields> = { [Name in keyof Fields as SnakeCase<Name>]: Fields[Name] };

type InCamelCase<Fields> = { [Name in keyof Fields as CamelCase<Name>]: Fields[Name] };

/** Remembers the answers. The names are those of declared fields, so they are few. */
function remembered(turn: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const turned = known.get(name) ?? turn(name);
    known.set(name, turned);
    return turned;
  };
}

/** Returns the name of a declared field in snake_case. */
export const snakeCase = remembered((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

const camelCase = remembered((name) =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
);

/** Returns the fields by turned names. `Turned` says of the names what `turn` does to them. */
function withNames<Turned>(fields: object, turn: (name: string) => string): Turned {
  const turned: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) turned[turn(name)] = value;
  return turned as Turned;
}

/** Returns declared fields by their names in snake_case. The values stay as they are. */
export const withSnakeCase = <Fields extends object>(fields: Fields): InSnakeCase<Fields> =>
  withNames(fields, snakeCase);

/** Returns declared fields by their names in camelCase. The values stay as they are. */
export const withCamelCase = <Fields extends object>(fields: Fields): InCamelCase<Fields> =>
  withNames(fields, camelCase);
