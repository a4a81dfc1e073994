/** Made when it is first needed: making it takes 20 ms, which every call of the command line would wait for. */
let format: Intl.DateTimeFormat | undefined;

/** Formats a time for readers in any time zone: `24 November 2025, 10:22 UTC`. */
export function formatTime(time: Date): string {
  format ??= new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });
  return `${format.format(time).replace(" at ", ", ")} UTC`;
}
