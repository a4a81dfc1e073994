const APART_MS = { terminal: 200, else: 10_000 };

/** Shows progress on standard error: on a terminal on one line, otherwise a line every ten seconds. */
export interface Progress {
  say(text: string): void;
  /** Removes the line from a terminal. */
  end(): void;
}

/** Creates a progress display. It shows nothing for work that ends before the first pause. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const isTerminal = stream.isTTY;
  const apartMs = isTerminal ? APART_MS.terminal : APART_MS.else;
  let saidAt = performance.now();
  let isShown = false;
  return {
    say(text) {
      if (performance.now() - saidAt < apartMs) return;
      saidAt = performance.now();
      isShown = true;
      stream.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end() {
      if (isShown && isTerminal) stream.write("\r\u001b[K");
      isShown = false;
    },
  };
}

/** Formats a size, such as `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes, 0];
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
