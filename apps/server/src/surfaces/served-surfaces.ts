import type { ServedSurface } from "../http/served-surface.ts";
import { approvals } from "./approvals/index.ts";
import { requests } from "./requests/index.ts";
import { runs } from "./runs/index.ts";
import { goals } from "./goals/index.ts";
import { changes } from "./changes/index.ts";
import { workspace } from "./workspace/index.ts";

/**
 * Every surface, in the order in which addresses are looked up. Approvals stands last: what is nobody's below /api is
 * refused as it refuses.
 */
export const servedSurfaces: readonly ServedSurface[] = [
  changes,
  goals,
  runs,
  requests,
  workspace,
  approvals,
];
