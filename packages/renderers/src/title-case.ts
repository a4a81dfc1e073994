const spellings: Record<string, string> = {
  api: "API",
  html: "HTML",
  id: "ID",
  ids: "IDs",
  json: "JSON",
  kpi: "KPI",
  n8n: "n8n",
  okr: "OKR",
  url: "URL",
};
const small = new Set(["a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to"]);

/**
 * Returns the label of a key in a form: `assigned_team_id` becomes `Assigned Team ID`, `stepId` becomes `Step ID`, and
 * `vote_cast` becomes `Vote Cast`.
 */
export function titleCase(key: string): string {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_.-]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
  return words
    .map((word, index) => {
      const isInside = index > 0 && index < words.length - 1;
      return (
        spellings[word] ??
        (isInside && small.has(word) ? word : word.charAt(0).toUpperCase() + word.slice(1))
      );
    })
    .join(" ");
}
