import type { Difference } from "./diff-objects.ts";

const ROWS_MAX = 100;
const VALUE_LENGTH_MAX = 200;

/** Renders differences as an HTML table for approvers. All values are escaped, so they are always text. */
export function showDifferences(differences: readonly Difference[]): string {
  if (differences.length === 0) return "<p>Nothing differs between before and after.</p>";
  const rows = differences.slice(0, ROWS_MAX).map((difference) => {
    const cells = [show(difference, "before"), show(difference, "after")];
    return `<tr><th scope="row">${escape(difference.path || "/")}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const left = differences.length - rows.length;
  return [
    "<table><caption>What changes</caption>",
    '<thead><tr><th scope="col">Field</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>',
    `<tbody>${rows.join("")}</tbody></table>`,
    left > 0 ? `<p>And ${left} more, below.</p>` : "",
  ].join("");
}

function show(difference: Difference, side: "before" | "after"): string {
  if (!(side in difference)) return "–";
  const text = JSON.stringify(difference[side]) ?? "–";
  const shown = text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
  const escaped = escape(shown);
  return side === "before" ? `<del>${escaped}</del>` : `<ins>${escaped}</ins>`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => entities[c] ?? c);
