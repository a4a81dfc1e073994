import sanitizeHtml from "sanitize-html";

/**
 * The caller's rich context, reduced to what can do nothing: text, tables, lists, inline images,
 * and links that open in a new tab without telling where from. Scripts, styles, forms, frames and event handlers
 * are dropped.
 */
export function sanitizeContextHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [
      "h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "span", "blockquote", "pre", "code", "kbd", "samp",
      "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
      "b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "a", "img", "details", "summary",
    ], // prettier-ignore
    allowedAttributes: {
      a: ["href", "title", "rel", "target"],
      img: ["src", "alt", "width", "height"],
      th: ["colspan", "rowspan", "scope"],
      td: ["colspan", "rowspan"],
    },
    allowedSchemes: ["https", "http", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) => tag === "img" && !attribs.src,
    transformTags: {
      a: sanitizeHtml.simpleTransform("a", {
        rel: "noopener noreferrer nofollow",
        target: "_blank",
      }),
    },
  });
}
