type Decision = "approve" | "reject";

/** The notes about the person's own votes. */
export const held = {
  label: "Your votes",
  is: { approve: "You approve:", reject: "You reject:" } satisfies Record<Decision, string>,
  page: {
    approve: "You approve this. Your vote is on its way.",
    reject: "You reject this. Your vote is on its way.",
  } satisfies Record<Decision, string>,
  several: (count: number) => `${count.toLocaleString("en")} requests`,
  hint: { held: "Sent in five seconds.", sending: "Being sent …", undone: "Nothing was sent." },
  undone: {
    approve: "Approval taken back:",
    reject: "Rejection taken back:",
  } satisfies Record<Decision, string>,
  refused: {
    approve: "Your approval was not counted:",
    reject: "Your rejection was not counted:",
  } satisfies Record<Decision, string>,
  unheard: {
    approve: "No answer came to your approval:",
    reject: "No answer came to your rejection:",
  } satisfies Record<Decision, string>,
  failures: "Why each was not counted",
  left: "No answer came before the page was left or your session ended.",
  row: { approve: "You approve this …", reject: "You reject this …" } satisfies Record<
    Decision,
    string
  >,
  undo: "Undo",
  now: "Send now",
};
