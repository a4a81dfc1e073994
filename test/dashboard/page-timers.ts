import type { Page } from "playwright-core";

/** The timers of a page that wait for the test. */
export interface PageTimers {
  /** Moves these timers on by so many milliseconds: those that are due then run, the earliest first. */
  pass(milliseconds: number): Promise<void>;
}

/**
 * Stops all timers of the page from now on that are set for `shortest` milliseconds or more, so that no slow machine is
 * late for them. Shorter timers run as usual. A page that the tab opens later starts with no timer.
 */
export async function holdTimers(page: Page, shortest: number): Promise<PageTimers> {
  const script = `(() => {
    const { setTimeout: start, clearTimeout: stop } = window;
    const held = new Map();
    let now = 0;
    let last = 1e9;
    window.setTimeout = (run, milliseconds, ...rest) => {
      if (!(milliseconds >= ${shortest})) return start(run, milliseconds, ...rest);
      held.set(++last, { at: now + milliseconds, run: () => run(...rest) });
      return last;
    };
    window.clearTimeout = (id) => {
      if (!held.delete(id)) stop(id);
    };
    window.passTime = (milliseconds) => {
      const until = now + milliseconds;
      for (;;) {
        const [due] = [...held].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
        if (!due) break;
        held.delete(due[0]);
        now = due[1].at;
        due[1].run();
      }
      now = until;
    };
  })()`;
  await page.addInitScript(script);
  await page.evaluate(script);
  return { pass: (milliseconds) => page.evaluate<void>(`passTime(${milliseconds})`) };
}
