import { eventTypes, type Event } from "@sayso/client";

/** Takes each event. Null: there was a gap in which anything can have happened, so everything must be read again. */
type Listener = (event: Event | null) => void;

const listeners = new Set<Listener>();
/**
 * A pause longer than this means that the machine slept. It is longer than the stream's heartbeat, so the connection is
 * then dead even if the browser doesn't notice.
 */
const SLEPT_MS = 40_000;

/** Calls the listener for every event of the organization, as it happens. @returns a function that ends this */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const notify: Listener = (event) => {
  for (const listener of listeners) listener(event);
};

/**
 * Listens to the server's event stream, once for all tabs of this browser, because a browser opens only six connections
 * to a server at a time. The tab that holds the lock has the stream and passes the events on. When that tab is closed,
 * another takes over. A broken stream resumes where it was (Last-Event-ID). After a sleep, everything is read again.
 *
 * @returns a function that stops listening
 */
export function startLiveEvents(): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const channel = new BroadcastChannel("sayso-live");
  channel.onmessage = ({ data }: MessageEvent<Event | null>) => notify(data);
  const lead = () =>
    follow(signal, (event) => {
      notify(event);
      channel.postMessage(event);
    });
  // Over plain http on a network the browser has no locks, so each tab listens for itself.
  const { locks }: { locks?: LockManager } = navigator;
  if (locks) {
    locks.request("sayso-live", { signal }, () => lead()).catch(() => undefined);
  } else {
    void lead();
  }
  watchSleep(signal, () => notify(null));
  signal.addEventListener("abort", () => channel.close());
  return () => ending.abort();
}

/** Reads an event of the stream. The server that also serves this page declares its form and writes it. */
const readEvent = (data: string): Event => JSON.parse(data) as Event;

/** Follows the stream until the signal aborts, then resolves. */
function follow(signal: AbortSignal, listener: Listener): Promise<void> {
  return new Promise((resolve) => {
    let source = open();
    function open(): EventSource {
      const opened = new EventSource("/api/v1/events/stream");
      for (const type of eventTypes)
        opened.addEventListener(type, ({ data }: MessageEvent<string>) =>
          listener(readEvent(data)),
        );
      let wasOpen = false;
      opened.onopen = () => {
        // A reconnected stream repeats the events since the break. A new stream can't, so everything is read again.
        if (!wasOpen) listener(null);
        wasOpen = true;
      };
      opened.onerror = () => {
        // A refusal closes the stream for good. The browser itself reconnects after a broken connection.
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
 * Notices a sleep of the machine: timers stand still during it, but the clock doesn't. In a hidden tab, timers run
 * about once a minute, which looks the same, so such a tab checks when it is shown again.
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
