import type { Page } from "../../html/layout.ts";
import { partPage, type Part, type PartPage } from "../../site/tabbed-page.ts";
import type { MemberVisit } from "../../site/site.ts";

const account: Part = {
  label: "Account",
  pages: [
    { href: "/account", label: "Profile" },
    { href: "/account/passkeys", label: "Passkeys" },
    { href: "/account/tokens", label: "Tokens" },
    { href: "/account/apps", label: "Apps" },
  ],
};

/** Renders a page on which people manage their own account. */
export const accountPage = (visit: MemberVisit, page: PartPage): Page =>
  partPage(account, visit.request.path, page);
