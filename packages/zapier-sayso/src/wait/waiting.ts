/** What a step that waits hands to itself: its own output, which Zapier keeps. */
export interface Waiting {
  /** The request that it asked for. */
  id?: unknown;
  continue_on_rejection: boolean;
}
