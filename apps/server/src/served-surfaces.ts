import type { ServedSurface } from "./http/served-surface.ts";
import { approvals } from "./surfaces/approvals/index.ts";
import { requests } from "./surfaces/requests/index.ts";
import { runs } from "./surfaces/runs/index.ts";
import { goals } from "./surfaces/goals/index.ts";
import { changes } from "./surfaces/changes/index.ts";
import { workspace } from "./surfaces/workspace/index.ts";

/**
 * Every surface, in the order in which addresses are looked up. Approvals stands last, because it refuses unknown
 * addresses below /api.
 */
export const servedSurfaces: readonly ServedSurface[] = [
  changes,
  goals,
  runs,
  requests,
  workspace,
  approvals,
];
