/** One column of the table `requests`. Its name in PostgreSQL is its name here in snake_case. */
export interface Column<Value> {
  /** Returns the value that PostgreSQL's JSON holds. Absent: it is the value. */
  decode?: (json: unknown) => Value;
}

/** A column whose value a new request may lack. */
export interface OptionalColumn<Value> extends Column<Value> {
  /** The value of a new request that brings none. */
  initial: Value;
}

/** The values of these columns in one row. */
export type Values<Columns> = {
  [Name in keyof Columns]: Columns[Name] extends Column<infer Value> ? Value : never;
};

/** A column of a type that JSON has. Each new request brings its value. */
export const required = <Value>(): Column<Value> => ({});

/** A column of a type that JSON has. */
export const optional = <Value>(initial: Value): OptionalColumn<Value> => ({ initial });

/** Returns a column of text that a request may lack. */
export const optionalText = (): OptionalColumn<string | null> => optional<string | null>(null);

/** Returns a point in time that every request has. */
export const instant = (): Column<Date> => ({ decode: (json) => new Date(json as string) });

/** Returns a point in time that a request may lack. */
export const optionalInstant = (): OptionalColumn<Date | null> => ({
  decode: (json) => (json === null ? null : new Date(json as string)),
  initial: null,
});

/** Returns bytes that a request may lack. PostgreSQL's JSON holds them as `\x` and hex digits. */
export const optionalBytes = (): OptionalColumn<Buffer | null> => ({
  decode: (json) => (json === null ? null : Buffer.from((json as string).slice(2), "hex")),
  initial: null,
});
