import { isAdmin, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { TabLinks } from "../ui/tabs.tsx";

/** The links between the pages of goals. */
export function GoalsTabs() {
  const { tabs, navigation } = strings.goals;
  const me = useMe();
  return (
    <TabLinks
      label={navigation}
      tabs={[
        { to: "/goals", text: tabs.objectives },
        { to: "/goals/kpis", text: tabs.kpis },
        { to: "/goals/cycles", text: tabs.cycles },
        { to: "/goals/reviews", text: tabs.reviews },
        { to: "/goals/tables", text: tabs.tables },
        ...(isAdmin(me) ? [{ to: "/goals/keys", text: tabs.keys } as const] : []),
      ]}
    />
  );
}
