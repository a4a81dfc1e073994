import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { OctagonAlert } from "lucide-react";
import { api } from "../api.ts";
import { isAdmin, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Time } from "../ui/time.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import styles from "./stop-banner.module.css";

/** Whether the emergency stop is on. It is read again and again, because it makes no live event. */
export const emergencyStopQuery = queryOptions({
  queryKey: ["emergency-stop"],
  queryFn: ({ signal }) => api.getEmergencyStop({}, { signal }),
  refetchInterval: 30_000,
});

/** Shown above every page while the emergency stop is on. */
export function StopBanner() {
  const me = useMe();
  const { data: stop } = useQuery(emergencyStopQuery);
  if (stop?.active !== true) return null;
  const { shell } = strings;
  return (
    <div role="status" className={styles.banner}>
      <OctagonAlert aria-hidden />
      <p>
        <strong>
          {shell.stopTitle}
          {stop.activated_at !== null && (
            <>
              {" "}
              {shell.stopSince} <Time at={stop.activated_at} />
            </>
          )}
        </strong>{" "}
        {shell.stopText}{" "}
        {stop.reason !== null && <UntrustedText text={shell.stopReason(stop.reason)} />}
      </p>
      {isAdmin(me) && <Link to="/settings">{shell.stopLift}</Link>}
    </div>
  );
}
