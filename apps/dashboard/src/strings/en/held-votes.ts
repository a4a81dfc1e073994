type Decision = "approve" | "reject";

/** The notes about the person's own votes. */
export const held = {
  label: "Your votes",
  is: { approve: "You approve:", reject: "You reject:" } satisfies Record<Decision, string>,
  page: {
    approve: "You approve this request. Sayso is sending your vote.",
    reject: "You reject this request. Sayso is sending your vote.",
  } satisfies Record<Decision, string>,
  several: (count: number) => `${count.toLocaleString("en")} requests`,
  hint: { held: "Sending in 5 seconds.", sending: "Sending …", undone: "Nothing was sent." },
  undone: {
    approve: "Approval undone:",
    reject: "Rejection undone:",
  } satisfies Record<Decision, string>,
  refused: {
    approve: "Your approval was not counted:",
    reject: "Your rejection was not counted:",
  } satisfies Record<Decision, string>,
  unheard: {
    approve: "Sayso did not confirm your approval:",
    reject: "Sayso did not confirm your rejection:",
  } satisfies Record<Decision, string>,
  failures: "Why each vote was not counted",
  left: "You left the page or signed out before Sayso answered.",
  row: { approve: "Approving …", reject: "Rejecting …" } satisfies Record<Decision, string>,
  undo: "Undo",
  now: "Send now",
};
