import { ChevronsUpDown, LogOut, Timer, TimerOff, UserRound } from "lucide-react";
import { useMe } from "../me.ts";
import { setHoldsVotes, useHoldsVotes } from "../request/votes/vote-preference.ts";
import { strings } from "../strings/index.ts";
import { Menu, MenuGroup, MenuItem } from "../ui/menu.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { signOut, switchOrganization } from "./session.ts";
import styles from "./user-menu.module.css";

/** The menu of the signed-in person: their organization, other organizations, the account, and signing out. */
export function UserMenu() {
  const me = useMe();
  const holds = useHoldsVotes(me.id);
  const others = me.organizations.filter(({ id }) => id !== me.organization.id);
  const trigger = (
    <button type="button" className={styles.trigger}>
      <span className={styles.initials} aria-hidden>
        {initialsOf(me.name)}
      </span>
      <span className={styles.names}>
        <span className="unseen">{strings.shell.user}: </span>
        <UntrustedText text={me.name} />
        <small>
          <UntrustedText text={me.organization.name} />
        </small>
      </span>
      <ChevronsUpDown aria-hidden />
    </button>
  );
  return (
    <Menu side="top" trigger={trigger}>
      {others.length > 0 && (
        <MenuGroup label={strings.shell.switchTo}>
          {others.map(({ id, name }) => (
            <MenuItem key={id} onSelect={() => void switchOrganization(id)}>
              <UntrustedText text={name} />
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      <MenuItem render={<a href="/account" />} icon={<UserRound aria-hidden />}>
        {strings.shell.account}
      </MenuItem>
      <MenuItem
        icon={holds ? <TimerOff aria-hidden /> : <Timer aria-hidden />}
        onSelect={() => setHoldsVotes(me.id, !holds)}
      >
        {holds ? strings.shell.sendVotesAtOnce : strings.shell.holdVotes}
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void signOut()}>
        {strings.shell.signOut}
      </MenuItem>
    </Menu>
  );
}

const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => [...(word ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
};
