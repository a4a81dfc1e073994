/** One column of the table `requests`. Its name in PostgreSQL is its name here in snake_case. */
export interface Column<Value> {
  /** Returns the value of which PostgreSQL's JSON holds the text. Absent: JSON holds the value itself. */
  decode?: (text: string) => Value;
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
export const instant = (): Column<Date> => ({ decode: (text) => new Date(text) });

/** Returns a point in time that a request may lack. */
export const optionalInstant = (): OptionalColumn<Date | null> => ({
  decode: (text) => new Date(text),
  initial: null,
});

/** Returns bytes that a request may lack. PostgreSQL's JSON holds them as `\x` and hex digits. */
export const optionalBytes = (): OptionalColumn<Buffer | null> => ({
  decode: (text) => Buffer.from(text.slice(2), "hex"),
  initial: null,
});
