import type { IHttpRequestMethods } from "n8n-workflow";

/** An operation as the generated part of the node declares it. It maps parameters to a call of the API. */
export interface Operation {
  method: IHttpRequestMethods;
  /** The path, with `{name}` for each path field. */
  path: string;
  /**
   * The form of the answer. "one": the object itself. "array": a list. Otherwise its `data` is a list: whole, a page,
   * or a part up to a cursor.
   */
  answers: "one" | "array" | "all" | "page" | "cursor";
  /** The parameter that holds the fields that aren't shown at once. */
  collection: string;
  fields: DeclaredField[];
}

export interface DeclaredField {
  /** The field's name in the API, and the parameter's name. */
  key: string;
  location: "path" | "query" | "body";
  kind: string;
  /** The field has a parameter of its own, outside the collection. */
  isFirst?: boolean;
  /** The field is a list of objects, given in rows. */
  isOfObjects?: boolean;
  /** For such rows: the columns in which 0 means that nobody filled them in. */
  unsetAtZero?: string[];
  /** The list is sent as one text with commas between its items. */
  isCommaList?: boolean;
}
