const YEAR_SECONDS = 365 * 86_400;

/**
 * Says to the server that this browser runs the dashboard, so that the link of a request in a mail or an answer leads to
 * it and not to the plain page (apps/server/src/pages/request/open-in-app.ts).
 */
export function openLinksHere(): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sayso_app=1; Path=/requests; Max-Age=${YEAR_SECONDS}; SameSite=Lax${secure}`;
}
