/** The data that a waiting step passes to its continuation: its own output, which Zapier stores. */
export interface Waiting {
  /** The id of the request that the step made. */
  id?: unknown;
  continue_on_rejection: boolean;
}
