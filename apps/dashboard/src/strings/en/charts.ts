/** The texts of every chart. */
export const charts = {
  asTable: "Show as a table",
  asChart: "Show as a chart",
  nothing: "No data in this period.",
};
