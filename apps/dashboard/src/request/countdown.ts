import { strings } from "../strings/index.ts";

const { day, hour, minute, second } = strings.request.units;
const units: [name: string, seconds: number][] = [
  [day, 86_400],
  [hour, 3600],
  [minute, 60],
  [second, 1],
];

/** Formats the time left in its two largest units: "2 d 4 h", "14 min 05 s", "9 s". */
export function countdownOf(ms: number): string {
  const left = Math.max(0, Math.floor(ms / 1000));
  const first = units.findIndex(([, length]) => left >= length);
  if (first === -1) return `0 ${second}`;
  const [name, length] = units[first] ?? [second, 1];
  const next = units[first + 1];
  const whole = `${Math.floor(left / length)} ${name}`;
  if (!next) return whole;
  const rest = Math.floor((left % length) / next[1]);
  return `${whole} ${String(rest).padStart(next[0] === second ? 2 : 1, "0")} ${next[0]}`;
}
