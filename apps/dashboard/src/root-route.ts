import { createRootRoute } from "@tanstack/react-router";
import { queryClient } from "./api.ts";
import { meQuery } from "./me.ts";
import { Shell } from "./shell/shell.tsx";

/** The frame of every page. No page is shown before it is known who looks. */
export const rootRoute = createRootRoute({
  beforeLoad: () => queryClient.ensureQueryData(meQuery),
  component: Shell,
});
