import type { Surface } from "./surface.ts";
import { approvalsSurface } from "./surfaces/approvals/index.ts";
import { changesSurface } from "./surfaces/changes/index.ts";
import { goalsSurface } from "./surfaces/goals/index.ts";
import { requestsSurface } from "./surfaces/requests/index.ts";
import { runsSurface } from "./surfaces/runs/index.ts";
import { workspaceSurface } from "./surfaces/workspace/index.ts";

/** All APIs that Sayso serves. */
export const allSurfaces: readonly Surface[] = [
  approvalsSurface,
  goalsSurface,
  changesSurface,
  runsSurface,
  requestsSurface,
  workspaceSurface,
];
