import type { Page } from "../../html/layout.ts";
import { partPage, type Part, type PartPage } from "../../site/tabbed-page.ts";
import type { MemberVisit } from "../../site/site.ts";

const organization: Part = {
  label: "Organization",
  pages: [
    { href: "/organization/people", label: "People" },
    { href: "/organization/teams", label: "Teams" },
    { href: "/organization/apps", label: "Apps" },
  ],
};

/** A page on which an admin looks after the organization. */
export const organizationPage = (visit: MemberVisit, page: PartPage): Page =>
  partPage(organization, visit.request.path, page);
