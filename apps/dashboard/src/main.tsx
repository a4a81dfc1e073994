import "./design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api.ts";
import { keepHeldKeysToOnePress } from "./keyboard/held-keys.ts";
import { startShortcuts } from "./keyboard/shortcuts.ts";
import { startLiveEvents } from "./live/live-events.ts";
import { refreshByEvents } from "./live/refresh.ts";
import { sendOvertakenVotes, sendVotesOnLeaving } from "./request/votes/held-votes.ts";
import { router } from "./router.ts";
import { followSession } from "./shell/session.ts";
import { openLinksHere } from "./open-links-here.ts";
import { keepDoubleTapsTogether } from "./ui/double-tap.ts";
import { watchPresses } from "./ui/pause/presses.ts";

// Presses are watched first, because the next two keep some of them from everything else.
watchPresses();
keepHeldKeysToOnePress();
keepDoubleTapsTogether();
openLinksHere();
startShortcuts();
startLiveEvents();
refreshByEvents(queryClient);
followSession();
sendVotesOnLeaving();
sendOvertakenVotes();

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
