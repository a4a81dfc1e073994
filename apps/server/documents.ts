import { renderConfigurationTable } from "./src/config-table.ts";
import { drawHealthGraph } from "./src/health-graph.ts";

export { version } from "./src/version.ts";

/** The generated files that the server's own code defines: path in the repository, and text. */
export const documents = new Map([
  [
    "docs/reference/configuration.md",
    `# Configuration\n\nBy environment variables; all faults are listed at once at start.\n\n${renderConfigurationTable()}`,
  ],
  ["docs/pictures/health-score.svg", drawHealthGraph()],
]);
