/** What every chart says. */
export const charts = {
  asTable: "Show as a table",
  asChart: "Show as a chart",
  nothing: "Nothing in this span.",
};
