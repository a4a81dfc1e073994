import type { Page } from "../layout.ts";
import { partPage, type Part, type PartPage } from "../part-page.ts";
import type { MemberVisit } from "../site.ts";

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
