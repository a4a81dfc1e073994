import { useState, type PointerEvent } from "react";
import { classes } from "../ui/classes.ts";
import {
  linearScale,
  roundAxis,
  timeFormat,
  timeTicks,
  type Interval,
  type Scale,
} from "./scale.ts";
import { useWidth } from "./use-width.ts";
import styles from "./line-chart.module.css";

/** A value at a point in time, in milliseconds since 1970. */
export interface LinePoint {
  at: number;
  value: number;
}

/** A part of the background that shows how good its values are. ±Infinity: without end. */
export interface LineBand {
  from: number;
  to: number;
  tone: "good" | "warn" | "bad";
  /** The words for the band, below the chart. */
  label: string;
}

interface LineChartProps {
  /** The chart in words, for people who don't see it. The values stand elsewhere on the page, as a list or table. */
  label: string;
  /** The points, earliest first. */
  points: readonly LinePoint[];
  /** Drawn as a line across, with its words. */
  target?: { value: number; label: string };
  bands?: readonly LineBand[];
  /** Formats a value in full, with its unit. */
  amountOf: (value: number) => string;
  /** Formats a value for the narrow space beside the axis. */
  tickOf: (value: number) => string;
  /** The line below the chart. The value under the pointer replaces it. */
  hint: string;
  readout: (amount: string, at: string) => string;
  /** The height in pixels. Default: 220. */
  height?: number;
}

const EDGE = { top: 12, right: 14, bottom: 24 };
const LETTER = 7;

/** Shows a number over time as a line. The chart has its height before it is drawn, so the page doesn't move. */
export function LineChart(props: LineChartProps) {
  const { label, points, target, amountOf, hint, readout, height = 220 } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number>();
  const values = points.map(({ value }) => value);
  const { domain, ticks } = roundAxis(target ? [...values, target.value] : values, { count: 4 });
  const left = 10 + LETTER * Math.max(...ticks.map((tick) => props.tickOf(tick).length));
  const span = spanOf(points);
  const x = linearScale(span, [left, Math.max(left, width - EDGE.right)]);
  const y = linearScale(domain, [height - EDGE.bottom, EDGE.top]);
  const point = pointed === undefined ? undefined : points[pointed];
  const pointAt = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setPointed(nearestTo(at, points, x));
  };
  return (
    <figure className={styles.figure}>
      <div ref={frame} className={styles.frame} style={{ height }}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={label}
            width={width}
            height={height}
            onPointerMove={pointAt}
            onPointerDown={pointAt}
            onPointerLeave={() => setPointed(undefined)}
          >
            <Bands bands={props.bands ?? []} domain={domain} y={y} left={left} width={width} />
            <ValueAxis ticks={ticks} tickOf={props.tickOf} y={y} left={left} width={width} />
            <TimeAxis span={span} x={x} width={width} height={height} />
            {target && <Target {...target} y={y} left={left} width={width} />}
            <path className={styles.line} d={pathOf(points, x, y)} />
            {points.length <= 40 &&
              points.map(({ at, value }, i) => (
                <circle key={i} className={styles.dot} cx={x(at)} cy={y(value)} r={2.5} />
              ))}
            {point && (
              <>
                <path
                  className={styles.cursor}
                  d={`M${x(point.at)},${EDGE.top}V${height - EDGE.bottom}`}
                />
                <circle className={styles.pointed} cx={x(point.at)} cy={y(point.value)} r={5} />
              </>
            )}
          </svg>
        )}
      </div>
      <figcaption className={styles.caption} aria-hidden>
        <span>{point ? readout(amountOf(point.value), exact.format(point.at)) : hint}</span>
        {props.bands?.map(({ tone, label: words }) => (
          <span key={tone} className={styles.legend}>
            <svg width={14} height={14}>
              <rect className={styles[tone]} width={14} height={14} rx={3} />
            </svg>
            {words}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

interface Placed {
  y: Scale;
  left: number;
  width: number;
}

function Bands({
  bands,
  domain: [least, greatest],
  y,
  left,
  width,
}: Placed & { bands: readonly LineBand[]; domain: Interval }) {
  const within = (value: number) => Math.min(greatest, Math.max(least, value));
  return bands.map(({ from, to, tone }) => {
    const [top, bottom] = [y(within(to)), y(within(from))];
    return (
      <rect
        key={tone}
        className={classes(styles.band, styles[tone])}
        x={left}
        y={top}
        width={Math.max(0, width - EDGE.right - left)}
        height={Math.max(0, bottom - top)}
      />
    );
  });
}

function ValueAxis({
  ticks,
  tickOf,
  y,
  left,
  width,
}: Placed & { ticks: readonly number[]; tickOf: (value: number) => string }) {
  return ticks.map((tick) => (
    <g key={tick}>
      <path className={styles.grid} d={`M${left},${y(tick)}H${width - EDGE.right}`} />
      <text className={styles.tick} x={left - 6} y={y(tick)} dy="0.32em" textAnchor="end">
        {tickOf(tick)}
      </text>
    </g>
  ));
}

function TimeAxis(props: { span: Interval; x: Scale; width: number; height: number }) {
  const { span, x, width, height } = props;
  const format = new Intl.DateTimeFormat("en-GB", timeFormat(span));
  const ticks = timeTicks(span, width < 480 ? 2 : 4);
  const words = ticks.map((at) => format.format(at));
  return ticks.map((at, i) => (
    <text
      key={at}
      className={styles.tick}
      x={x(at)}
      y={height - 6}
      textAnchor={
        ticks.length === 1
          ? "middle"
          : i === 0
            ? "start"
            : i === ticks.length - 1
              ? "end"
              : "middle"
      }
    >
      {/* A tick doesn't repeat the words of an earlier tick. */}
      {words.indexOf(words[i] ?? "") === i && words[i]}
    </text>
  ));
}

function Target({ value, label, y, left, width }: Placed & { value: number; label: string }) {
  const isHigh = y(value) < EDGE.top + 16;
  return (
    <g>
      <path className={styles.target} d={`M${left},${y(value)}H${width - EDGE.right}`} />
      <text
        className={styles.targetLabel}
        x={width - EDGE.right - 4}
        y={y(value)}
        dy={isHigh ? "1.1em" : "-0.4em"}
        textAnchor="end"
      >
        {label}
      </text>
    </g>
  );
}

/**
 * Returns the interval from the earliest to the latest point. It looks at all points, because values recorded at nearly
 * the same moment can be out of order.
 */
const spanOf = (points: readonly LinePoint[]): Interval =>
  points.length === 0
    ? [0, 0]
    : [
        points.reduce((least, { at }) => Math.min(least, at), Infinity),
        points.reduce((greatest, { at }) => Math.max(greatest, at), -Infinity),
      ];

const pathOf = (points: readonly LinePoint[], x: Scale, y: Scale): string =>
  points
    .map(({ at, value }, i) => `${i === 0 ? "M" : "L"}${x(at).toFixed(1)},${y(value).toFixed(1)}`)
    .join("");

/** Returns the index of the point that is horizontally nearest to a place. */
function nearestTo(at: number, points: readonly LinePoint[], x: Scale): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (const [i, point] of points.entries()) {
    const distance = Math.abs(x(point.at) - at);
    if (distance > least) continue;
    least = distance;
    best = i;
  }
  return best;
}
