import type { Page } from "playwright-core";

/** The timers of a page that wait for the test. */
export interface PageTimers {
  /** Moves these timers on by so many milliseconds: those that are due then run, the earliest first. */
  pass(milliseconds: number): Promise<void>;
}

/**
 * Stops all timers and intervals of the page from now on that are set for `shortest` milliseconds or more, so that no
 * slow machine is late for them. Shorter ones run as usual. A page that the tab opens later starts with none.
 */
export async function holdTimers(page: Page, shortest: number): Promise<PageTimers> {
  const script = `(() => {
    const held = new Map();
    let now = 0;
    let last = 1e9;
    for (const kind of ["Timeout", "Interval"]) {
      const [start, stop] = [window["set" + kind], window["clear" + kind]];
      window["set" + kind] = (run, milliseconds, ...rest) => {
        if (!(milliseconds >= ${shortest})) return start(run, milliseconds, ...rest);
        const every = kind === "Interval" ? milliseconds : undefined;
        held.set(++last, { at: now + milliseconds, every, run: () => run(...rest) });
        return last;
      };
      window["clear" + kind] = (id) => {
        if (!held.delete(id)) stop(id);
      };
    }
    window.passTime = (milliseconds) => {
      const until = now + milliseconds;
      for (;;) {
        const [due] = [...held].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
        if (!due) break;
        const [id, { at, every, run }] = due;
        now = at;
        if (every === undefined) held.delete(id);
        else held.set(id, { at: at + every, every, run });
        run();
      }
      now = until;
    };
  })()`;
  await page.addInitScript(script);
  await page.evaluate(script);
  return { pass: (milliseconds) => page.evaluate<void>(`passTime(${milliseconds})`) };
}
