/** In the order in which they are tried: later browsers also name earlier ones in their `User-Agent`. */
const browsers: [pattern: RegExp, name: string][] = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, "Edge"],
  [/\b(?:OPR|OPT|OPiOS)\//, "Opera"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
];

const systems: [pattern: RegExp, name: string][] = [
  [/\biPhone\b/, "an iPhone"],
  [/\biPad\b/, "an iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  // An iPad that asks for desktop pages sends the same.
  [/\bMacintosh\b/, "a Mac"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

const SHOWN_MAX = 60;

/**
 * Describes a browser by its `User-Agent` in a few words: "Firefox on Windows". Anybody can send anything there, so the
 * text of an unknown browser is quoted, shortened.
 *
 * @param userAgent null: none was sent
 */
export function describeUserAgent(userAgent: string | null): string {
  const text = userAgent?.trim() ?? "";
  if (text === "") return "An unnamed device";
  const browser = browsers.find(([pattern]) => pattern.test(text))?.[1];
  const system = systems.find(([pattern]) => pattern.test(text))?.[1];
  if (browser) return system ? `${browser} on ${system}` : browser;
  const quoted = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return `Something that calls itself “${quoted}”`;
}
