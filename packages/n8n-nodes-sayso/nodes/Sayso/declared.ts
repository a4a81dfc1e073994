import type { IHttpRequestMethods } from "n8n-workflow";

/** An operation as the generated half of the node declares it: how parameters become a call of the API. */
export interface Operation {
  method: IHttpRequestMethods;
  /** With `{name}` where path fields go. */
  path: string;
  /** "one": the answer is the thing; "array": it is a list; otherwise its `data` is one, whole, a page or a stretch. */
  answers: "one" | "array" | "all" | "page" | "cursor";
  /** The parameter that holds what isn't shown at once. */
  collection: string;
  fields: DeclaredField[];
}

export interface DeclaredField {
  /** The name on the wire and of the parameter. */
  key: string;
  location: "path" | "query" | "body";
  kind: string;
  /** A parameter of its own rather than one in the collection. */
  isFirst?: boolean;
  /** A list of objects, given in rows. */
  isOfObjects?: boolean;
  /** Of such rows: the columns whose 0 says that nobody filled them in. */
  unsetAtZero?: string[];
  /** Sent as one text with commas between its items. */
  isCommaList?: boolean;
}
