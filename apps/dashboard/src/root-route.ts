import { createRootRoute } from "@tanstack/react-router";
import { queryClient } from "./api.ts";
import { meQuery } from "./me.ts";
import { Shell } from "./shell/shell.tsx";

/** The frame of every page. It shows no page before it knows the signed-in person. */
export const rootRoute = createRootRoute({
  beforeLoad: () => queryClient.ensureQueryData(meQuery),
  component: Shell,
});
