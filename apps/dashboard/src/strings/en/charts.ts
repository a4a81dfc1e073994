/** The texts of every chart. */
export const charts = {
  asTable: "Show as a table",
  asChart: "Show as a chart",
  nothing: "Nothing in this span.",
};
