/**
 * Returns the target after signing in: `text` if it is a path of this server, otherwise "/". Refuses anything that a
 * browser could read as another origin (`//host`, `/\host`, a tab or line break in between).
 */
export function nextPath(text: unknown): string {
  if (typeof text !== "string" || text.length > 2000) return "/";
  if (!text.startsWith("/") || /[\\\p{C}\s]/u.test(text)) return "/";
  const here = "http://sayso.invalid";
  if (!URL.canParse(text, here)) return "/";
  const url = new URL(text, here);
  if (url.origin !== here || url.pathname.startsWith("//")) return "/";
  return /^\/(sign-in|sign-out|welcome|reset)\b/.test(url.pathname)
    ? "/"
    : url.pathname + url.search + url.hash;
}
