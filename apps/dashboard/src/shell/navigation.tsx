import { Link } from "@tanstack/react-router";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { placesOf, type Place } from "./places.ts";
import styles from "./navigation.module.css";
import { useWaiting } from "./use-waiting.ts";

/** All places in groups, for the sidebar and for the drawer on a phone. */
export function Navigation({ onFollow }: { onFollow?: () => void }) {
  const me = useMe();
  return (
    <nav aria-label={strings.shell.navigation} className={styles.navigation}>
      {placesOf(me).map(({ title, places }) => (
        <section key={title}>
          <h2 className={styles.group}>{title}</h2>
          <ul>
            {places.map((place) => (
              <li key={place.to}>
                <PlaceLink place={place} onFollow={onFollow} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function PlaceLink({ place, onFollow }: { place: Place; onFollow?: () => void }) {
  const { to, label, icon: Icon } = place;
  return (
    <Link to={to} className={styles.link} onClick={onFollow}>
      <Icon aria-hidden />
      <span>{label}</span>
      {to === "/inbox" && <WaitingCount />}
    </Link>
  );
}

/** The number of waiting requests, beside the word "Inbox". */
function WaitingCount() {
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <span className={styles.count}>
      <span aria-hidden>{waiting > 999 ? "999+" : waiting}</span>
      <span className="unseen">{strings.shell.waiting(waiting)}</span>
    </span>
  );
}

/** The bar at the bottom of a phone: three places and the menu, within reach of a thumb. */
export function TabBar({ onMore }: { onMore: () => void }) {
  const me = useMe();
  const places = placesOf(me)[0]?.places.slice(0, 3) ?? [];
  return (
    <nav aria-label={strings.shell.product} className={styles.tabBar}>
      {places.map(({ to, label, icon: Icon }) => (
        <Link key={to} to={to} className={styles.tab}>
          <Icon aria-hidden />
          <span>{label}</span>
          {to === "/inbox" && <WaitingCount />}
        </Link>
      ))}
      <button type="button" className={styles.tab} onClick={onMore} aria-haspopup="dialog">
        <MoreIcon />
        <span>{strings.shell.more}</span>
      </button>
    </nav>
  );
}

const MoreIcon = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor">
    <circle cx="5" cy="12" r="2" />
    <circle cx="12" cy="12" r="2" />
    <circle cx="19" cy="12" r="2" />
  </svg>
);
