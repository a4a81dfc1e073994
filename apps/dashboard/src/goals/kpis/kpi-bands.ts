import type { Kpi } from "@sayso/client";
import type { LineBand } from "../../charts/line-chart.tsx";
import { strings } from "../../strings/index.ts";

/**
 * The shares of the target that a value can miss and still have a status: docs/guides/goals.md, "How progress, status
 * and health are computed".
 */
const ON_TRACK_MISSING = 0.1;
const AT_RISK_MISSING = 0.3;

/** Returns the ranges of values in which a KPI is on track, at risk and off track. */
export function statusBands({ target, direction }: Pick<Kpi, "target" | "direction">): LineBand[] {
  const size = Math.abs(target) || 1;
  const away = (share: number) =>
    direction === "increase" ? target - share * size : target + share * size;
  const [good, risk] = [away(ON_TRACK_MISSING), away(AT_RISK_MISSING)];
  const { on_track, at_risk, off_track } = strings.goals.status;
  return direction === "increase"
    ? [
        { from: good, to: Infinity, tone: "good", label: on_track },
        { from: risk, to: good, tone: "warn", label: at_risk },
        { from: -Infinity, to: risk, tone: "bad", label: off_track },
      ]
    : [
        { from: -Infinity, to: good, tone: "good", label: on_track },
        { from: good, to: risk, tone: "warn", label: at_risk },
        { from: risk, to: Infinity, tone: "bad", label: off_track },
      ];
}
