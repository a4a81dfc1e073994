/** The source of a dropdown's choices. */
export interface Choices {
  path?: string;
  /** The property that is sent, and the one that people read. Missing: the items are texts. */
  value?: string;
  label?: string;
  query?: Record<string, string>;
  /** The query parameter that narrows the list to the typed text. */
  search?: string;
}
