import sanitizeHtml from "sanitize-html";

const INLINE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i;
const OUTWARD_LINK = /^(?:https?:\/\/|mailto:)/i;

/**
 * Reduces the caller's rich context to harmless HTML: text, tables, lists, inline images, and links that open in a new
 * tab without a referrer. Drops scripts, styles, forms, frames and event handlers, and every address without a host of
 * its own. So a page that shows a request calls nothing, and never Sayso in the reader's session. Foldable parts are
 * open, so that approvers read them before they decide.
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
      details: ["open"],
      img: ["src", "alt", "width", "height"],
      th: ["colspan", "rowspan", "scope"],
      td: ["colspan", "rowspan"],
    },
    allowedSchemes: ["https", "http", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    exclusiveFilter: ({ tag, attribs }) =>
      tag === "img" && !INLINE_IMAGE.test(attribs.src?.trim() ?? ""),
    transformTags: {
      details: (tagName) => ({ tagName, attribs: { open: "" } }),
      a: (tagName, { href, title }) => ({
        tagName,
        attribs: {
          ...(href !== undefined && OUTWARD_LINK.test(href.trim()) && { href }),
          ...(title !== undefined && { title }),
          rel: "noopener noreferrer nofollow",
          target: "_blank",
        },
      }),
    },
  });
}
