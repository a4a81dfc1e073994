import { api, messageOf, signInAgain } from "../api.ts";
import { sendHeldVotes } from "../request/votes/held-votes.ts";
import { forgetAllVoteComments } from "../request/votes/vote-comment.ts";
import { toast } from "../ui/toasts/toast.tsx";

/** Between the tabs of this browser: whose session it is, or where, has changed. They have it in common. */
const channel = new BroadcastChannel("sayso-session");

/** What another tab did with it. */
type Change = "signed-out" | "switched";

/** Follows another tab that has signed out, to the sign-in page, or gone to another organization. */
export function followSession(): void {
  channel.onmessage = ({ data }: MessageEvent<Change>) => {
    if (data === "switched") return location.reload();
    forgetAllVoteComments();
    signInAgain();
  };
}

/** Ends the session on the server, then forgets what was read. */
export const signOut = (): Promise<void> =>
  change("signed-out", "/sign-in", async () => {
    await api.signOut();
    forgetAllVoteComments();
  });

/** Goes to work in another organization: everything is read anew there. */
export const switchOrganization = (id: string): Promise<void> =>
  change("switched", "/app/inbox", () => api.switchOrganization({ organization_id: id }));

/** Resolves also where it failed: then the person is told, and stays where they are. */
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
