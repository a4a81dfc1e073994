import type { Me } from "@sayso/client";
import {
  Activity,
  AppWindow,
  BarChart3,
  Building2,
  FileStack,
  Inbox,
  KeyRound,
  ListChecks,
  Plug,
  Send,
  Settings,
  SquareTerminal,
  Target,
  Users,
  Webhook,
  type LucideIcon,
} from "lucide-react";
import { isAdmin } from "../me.ts";
import { strings } from "../strings/index.ts";

/** A place of the dashboard that the navigation and the command palette lead to. */
export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  /** The second key, after `g`. */
  key?: string;
  isForAdmins?: boolean;
}

interface PlaceGroup {
  title: string;
  places: readonly Place[];
}

const { places, groups } = strings.shell;

const all: readonly PlaceGroup[] = [
  {
    title: groups.work,
    places: [
      { to: "/inbox", label: places.inbox, icon: Inbox, key: "i" },
      { to: "/requests", label: places.requests, icon: ListChecks, key: "r" },
      { to: "/goals", label: places.goals, icon: Target, key: "o" },
      { to: "/insights", label: places.insights, icon: BarChart3, key: "n" },
      { to: "/activity", label: places.activity, icon: Activity, key: "a" },
    ],
  },
  {
    title: groups.integrate,
    places: [
      { to: "/connections", label: places.connections, icon: Plug, key: "c" },
      { to: "/apps", label: places.apps, icon: AppWindow },
      { to: "/subscriptions", label: places.subscriptions, icon: Webhook },
      { to: "/deliveries", label: places.deliveries, icon: Send, key: "d" },
      { to: "/tokens", label: places.tokens, icon: KeyRound },
      { to: "/api", label: places.playground, icon: SquareTerminal },
    ],
  },
  {
    title: groups.organization,
    places: [
      { to: "/people", label: places.people, icon: Users, key: "p" },
      { to: "/teams", label: places.teams, icon: Building2, key: "t" },
      { to: "/templates", label: places.templates, icon: FileStack },
      { to: "/settings", label: places.settings, icon: Settings, key: "s", isForAdmins: true },
    ],
  },
];

/** Returns the places that this person can go to, in groups. */
export const placesOf = (me: Pick<Me, "role">): readonly PlaceGroup[] =>
  all.map(({ title, places: some }) => ({
    title,
    places: some.filter(({ isForAdmins }) => isForAdmins !== true || isAdmin(me)),
  }));
