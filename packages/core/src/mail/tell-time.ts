/** A time for people who may be anywhere: `24 November 2025, 10:22 UTC`. */
export const tellTime = (time: Date): string => `${format.format(time).replace(" at ", ", ")} UTC`;

const format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});
