import { Outlet, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { keepTyping } from "../keyboard/early-typing.ts";
import { useShortcuts } from "../keyboard/shortcuts.ts";
import { useMe } from "../me.ts";
import { recallVotes } from "../request/votes/held-votes.ts";
import { HeldVotesList } from "../request/votes/held-votes-list.tsx";
import { strings } from "../strings/index.ts";
import { IconButton } from "../ui/button.tsx";
import { laterPart } from "../ui/load-part.ts";
import { Toasts } from "../ui/toasts/toast.tsx";
import { useShownTitle } from "../ui/document-title.ts";
import { Logo } from "./logo.tsx";
import { Navigation, TabBar } from "./navigation.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import type { Overlay } from "./overlays.tsx";
import styles from "./shell.module.css";
import { StopBanner } from "./stop-banner.tsx";
import { useGoToShortcuts } from "./use-go-to-shortcuts.ts";
import { UserMenu } from "./user-menu.tsx";
import { useWaitingBadge } from "./use-waiting.ts";

const Overlays = lazy(laterPart(() => import("./overlays.tsx")));

/** The frame around every page: the places, the search, the person, and the notes that every page shows. */
export function Shell() {
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  // The dialogs stay once loaded, so that a dialog that closes can fade out.
  const [wasOpened, setWasOpened] = useState(false);
  const open = (which: Overlay) => {
    setOverlay(which);
    setWasOpened(true);
  };
  const { id } = useMe();
  useEffect(() => void recallVotes(id), [id]);
  useWaitingBadge();
  useGoToShortcuts();
  useShortcuts(strings.shell.shortcutsEverywhere, [
    { keys: "?", label: strings.shell.shortcuts, run: () => open("help") },
  ]);
  const openPalette = () => {
    if (overlay === "palette") return;
    keepTyping();
    open("palette");
  };
  usePaletteKey(openPalette);
  return (
    <>
      <a className={styles.skip} href="#main">
        {strings.shell.skip}
      </a>
      <div className={styles.frame}>
        <aside className={styles.sidebar}>
          <Brand />
          <button type="button" className={styles.search} onClick={openPalette}>
            <Search aria-hidden />
            <span>{strings.shell.paletteOpen}</span>
            <kbd aria-hidden>{paletteKey}</kbd>
          </button>
          <div className={styles.places}>
            <Navigation />
          </div>
          <UserMenu />
        </aside>
        <TopBar onSearch={openPalette} />
        <div className={styles.page}>
          <OfflineBanner />
          <StopBanner />
          <HeldVotesList />
          <Main />
        </div>
      </div>
      <TabBar onMore={() => open("places")} />
      {wasOpened && (
        <Suspense>
          <Overlays open={overlay} onClose={() => setOverlay(null)} />
        </Suspense>
      )}
      <Toasts />
    </>
  );
}

/** The page. It gets the focus when another page is shown, so that screen readers start at its top. */
function Main() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== path)
      main.current?.focus({ preventScroll: true });
    shown.current = path;
  }, [path]);
  return (
    <main id="main" ref={main} tabIndex={-1} className={styles.main}>
      <Outlet />
    </main>
  );
}

const Brand = () => (
  <a className={styles.brand} href="/app/inbox">
    <Logo />
    <span>{strings.shell.product}</span>
  </a>
);

/** The bar at the top of a phone: the page's title and the search. */
function TopBar({ onSearch }: { onSearch: () => void }) {
  const title = useShownTitle();
  return (
    <header className={styles.topBar}>
      <Brand />
      <p aria-hidden className={styles.topTitle}>
        {title}
      </p>
      <IconButton label={strings.shell.paletteOpen} onClick={onSearch}>
        <Search aria-hidden />
      </IconButton>
    </header>
  );
}

const paletteKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K";

/** Makes Ctrl+K or ⌘K open the palette, also while somebody types. */
function usePaletteKey(open: () => void): void {
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
