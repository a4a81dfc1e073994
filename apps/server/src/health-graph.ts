import { healthScore, type HealthSigns } from "@sayso/core";

/** The best values of all signs. They stand for the score's other two signs while one varies. */
const well: HealthSigns = { daysSinceCheckin: 0, velocity: 1, progressGap: 0 };

interface Panel {
  title: string;
  sign: keyof HealthSigns;
  from: number;
  to: number;
  ticks: readonly [value: number, label: string][];
  unit: string;
}

const panels: readonly Panel[] = [
  {
    title: "Recency",
    sign: "daysSinceCheckin",
    from: 0,
    to: 42,
    ticks: [
      [0, "0"],
      [7, "7"],
      [21, "21"],
      [35, "35"],
    ],
    unit: "days since the last check-in",
  },
  {
    title: "Velocity",
    sign: "velocity",
    from: -0.25,
    to: 1.5,
    ticks: [
      [0, "0"],
      [0.5, "0.5"],
      [1, "1"],
    ],
    unit: "gained ÷ needed in four weeks",
  },
  {
    title: "Progress gap",
    sign: "progressGap",
    from: -0.1,
    to: 0.6,
    ticks: [
      [0, "0"],
      [0.25, "25 %"],
      [0.5, "50 %"],
    ],
    unit: "behind what was expected by now",
  },
];

const PLOT = { width: 230, height: 160, left: 46, top: 44, apart: 64 };
const STEPS = 84;

const x = (panel: Panel, value: number): string =>
  (((value - panel.from) / (panel.to - panel.from)) * PLOT.width).toFixed(1);
const y = (score: number): string => (PLOT.height * (1 - score / 100)).toFixed(1);

/**
 * Draws the graph of the health score from the function itself: its course with each sign while the others are at their
 * best.
 */
export function drawHealthGraph(): string {
  const width = PLOT.left + panels.length * (PLOT.width + PLOT.apart) - PLOT.apart + 24;
  const height = PLOT.top + PLOT.height + 66;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="12">
    <title id="title">The health score by days since the last check-in, by velocity and by progress gap</title>
    <rect width="${width}" height="${height}" fill="#ffffff"/>
    ${panels.map(drawPanel).join("\n")}
  </svg>\n`;
}

function drawPanel(panel: Panel, index: number): string {
  const points = Array.from({ length: STEPS + 1 }, (_, i) => {
    const value = panel.from + ((panel.to - panel.from) * i) / STEPS;
    return `${x(panel, value)},${y(healthScore({ ...well, [panel.sign]: value }))}`;
  });
  const left = PLOT.left + index * (PLOT.width + PLOT.apart);
  return `<g transform="translate(${left} ${PLOT.top})">
    <text y="-18" font-size="14" font-weight="600" fill="#1c1b19">${panel.title}</text>
    ${[0, 25, 50, 75, 100].map((score) => `<line x2="${PLOT.width}" y1="${y(score)}" y2="${y(score)}" stroke="#dfdbd1"/><text x="-8" y="${y(score - 2.5)}" text-anchor="end" fill="#5d594f">${score}</text>`).join("\n")}
    ${panel.ticks.map(([value, label]) => `<line x1="${x(panel, value)}" x2="${x(panel, value)}" y1="${PLOT.height}" y2="${PLOT.height + 5}" stroke="#5d594f"/><text x="${x(panel, value)}" y="${PLOT.height + 20}" text-anchor="middle" fill="#5d594f">${label}</text>`).join("\n")}
    <text x="${PLOT.width / 2}" y="${PLOT.height + 42}" text-anchor="middle" fill="#5d594f">${panel.unit}</text>
    <polyline points="${points.join(" ")}" fill="none" stroke="#1d6b50" stroke-width="2.5" stroke-linejoin="round"/>
  </g>`;
}
