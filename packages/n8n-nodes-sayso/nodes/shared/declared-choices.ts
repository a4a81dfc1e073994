/** Where a dropdown's choices come from. */
export interface Choices {
  path?: string;
  /** The property that is sent, and the one that people read; missing: items are texts. */
  value?: string;
  label?: string;
  query?: Record<string, string>;
  /** The query parameter that narrows the list by what somebody types. */
  search?: string;
}
