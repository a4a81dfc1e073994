import { api, messageOf, signInAgain } from "../api.ts";
import { sendHeldVotes } from "../request/votes/held-votes.ts";
import { forgetAllVoteComments } from "../request/votes/vote-comment.ts";
import { toast } from "../ui/toasts/toast.tsx";

/**
 * Connects the tabs of this browser, which share one session. A tab reports a changed session or organization to the
 * others.
 */
const channel = new BroadcastChannel("sayso-session");

/** The change that another tab made. */
type Change = "signed-out" | "switched";

/** Follows another tab: to the sign-in page after signing out, or to another organization. */
export function followSession(): void {
  channel.onmessage = ({ data }: MessageEvent<Change>) => {
    if (data === "switched") return location.reload();
    forgetAllVoteComments();
    signInAgain();
  };
}

/** Ends the session on the server, then forgets everything that was read. */
export const signOut = (): Promise<void> =>
  change("signed-out", "/sign-in", async () => {
    await api.signOut();
    forgetAllVoteComments();
  });

/** Changes to another organization, where everything is read anew. */
export const switchOrganization = (id: string): Promise<void> =>
  change("switched", "/app/inbox", () => api.switchOrganization({ organization_id: id }));

/** Makes a change of the session, and reports a failure to the person, who then stays on the page. Never throws. */
async function change(what: Change, next: string, request: () => Promise<unknown>): Promise<void> {
  try {
    // A vote belongs to the session in which it was cast.
    await sendHeldVotes();
    await request();
  } catch (error) {
    toast(messageOf(error), "bad");
    return;
  }
  channel.postMessage(what);
  location.assign(next);
}
