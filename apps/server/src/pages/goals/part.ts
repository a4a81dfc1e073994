import { isAdmin } from "@sayso/core";
import type { Page } from "../layout.ts";
import { partPage, type Part, type PartPage } from "../part-page.ts";
import type { MemberVisit } from "../site.ts";

const pages = [
  { href: "/goals", label: "Objectives" },
  { href: "/goals/kpis", label: "KPIs" },
  { href: "/goals/cycles", label: "Cycles" },
  { href: "/goals/reviews", label: "Reviews" },
  { href: "/goals/tables", label: "Import and export" },
];
const everybodys: Part = { label: "Goals", pages };
const admins: Part = { label: "Goals", pages: [...pages, { href: "/goals/keys", label: "Keys" }] };

/** A page on which people look after goals. */
export const goalsPage = (visit: MemberVisit, page: PartPage): Page =>
  partPage(isAdmin(visit.session.actor) ? admins : everybodys, visit.request.path, page);
