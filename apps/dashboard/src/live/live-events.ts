import { eventTypes, type Event } from "@sayso/client";

/** Told of each event; `null` after a gap: anything may have happened, so everything has to be read again. */
type Listener = (event: Event | null) => void;

const listeners = new Set<Listener>();
/** Longer than the heartbeat of a stream: without any sign for so long the line is dead, whatever the browser thinks. */
const SLEPT_MS = 40_000;

/** Hears of everything that happens in the organization, as it happens. @returns stops it */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell: Listener = (event) => {
  for (const listener of listeners) listener(event);
};

/**
 * Listens to the server's stream of events, once for all tabs of this browser: a browser opens only six connections to a
 * server at a time. The tab that holds the lock has the stream and passes on what it hears; when it is closed another takes
 * over. A stream that breaks resumes where it was (Last-Event-ID); after a sleep, everything is read again.
 *
 * @returns ends it
 */
export function startLiveEvents(): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const channel = new BroadcastChannel("sayso-live");
  channel.onmessage = ({ data }: MessageEvent<Event | null>) => tell(data);
  const lead = () =>
    follow(signal, (event) => {
      tell(event);
      channel.postMessage(event);
    });
  // Over plain http on a network there are no locks; then each tab listens for itself.
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks) {
    locks.request("sayso-live", { signal }, () => lead()).catch(() => undefined);
  } else {
    void lead();
  }
  watchSleep(signal, () => tell(null));
  signal.addEventListener("abort", () => channel.close());
  return () => ending.abort();
}

/** Resolves when it is over. */
function follow(signal: AbortSignal, told: Listener): Promise<void> {
  return new Promise((resolve) => {
    let source = open();
    function open(): EventSource {
      const opened = new EventSource("/api/v1/events/stream");
      for (const type of eventTypes)
        opened.addEventListener(type, ({ data }: MessageEvent<string>) =>
          told(JSON.parse(data) as Event),
        );
      let wasOpen = false;
      opened.onopen = () => {
        // What happened while nobody listened is told again by the stream; at the first time there is nothing to resume.
        if (!wasOpen) told(null);
        wasOpen = true;
      };
      opened.onerror = () => {
        // A refusal ends it for good; a broken line is mended by the browser.
        if (opened.readyState !== EventSource.CLOSED || signal.aborted) return;
        setTimeout(() => {
          if (!signal.aborted) source = open();
        }, 5000);
      };
      return opened;
    }
    signal.addEventListener("abort", () => {
      source.close();
      resolve();
    });
  });
}

/**
 * Timers stand still while the machine sleeps, the clock doesn't. Those of a hidden tab run about once a minute, which looks
 * the same: such a tab looks when it is shown again.
 */
function watchSleep(signal: AbortSignal, woke: () => void): void {
  let lastAt = Date.now();
  const look = () => {
    if (document.hidden) return;
    const now = Date.now();
    if (now - lastAt > SLEPT_MS) woke();
    lastAt = now;
  };
  const timer = setInterval(look, 10_000);
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("online", woke, { signal });
  signal.addEventListener("abort", () => clearInterval(timer));
}
