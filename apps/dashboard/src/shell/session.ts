import { api, messageOf } from "../api.ts";
import { sendHeldVotes } from "../request/votes/held-votes.ts";
import { forgetAllVoteComments } from "../request/votes/vote-comment.ts";
import { toast } from "../ui/toast.tsx";

/** Between the tabs of this browser: whose session it is, or where, has changed. They have it in common. */
const channel = new BroadcastChannel("sayso-session");

/** Reads the page anew when another tab has signed out or gone to another organization. */
export function followSession(): void {
  channel.onmessage = () => location.reload();
}

/** Ends the session on the server, then forgets what was read. */
export const signOut = (): Promise<void> =>
  change(async () => {
    await api.signOut();
    forgetAllVoteComments();
  }, "/sign-in");

/** Goes to work in another organization: everything is read anew there. */
export const switchOrganization = (id: string): Promise<void> =>
  change(() => api.switchOrganization({ organization_id: id }), "/app/inbox");

/** Resolves also where it failed: then the person is told, and stays where they are. */
async function change(request: () => Promise<unknown>, next: string): Promise<void> {
  try {
    // A vote belongs to the session in which it was cast.
    await sendHeldVotes();
    await request();
  } catch (error) {
    toast(messageOf(error), "bad");
    return;
  }
  channel.postMessage(null);
  location.assign(next);
}
