import { useState, type PointerEvent } from "react";
import { linearScale, roundAxis, type Scale } from "./scale.ts";
import { fillOf, type ChartTone } from "./tones.ts";
import { useWidth } from "./use-width.ts";
import styles from "./column-chart.module.css";

export interface Column {
  key: string;
  /** The words below the column, where there is room. */
  label: string;
  /** The column's parts, from the bottom up. */
  parts: readonly { tone: ChartTone; value: number }[];
}

interface ColumnChartProps {
  /** The chart in words. The values stand in a table beside it. */
  label: string;
  columns: readonly Column[];
  /** Returns the line below the chart: about the column under the pointer, or, for null, a hint. */
  readout: (column: Column | null) => string;
  /** The height in pixels. Default: 220. */
  height?: number;
}

const EDGE = { top: 12, right: 4, bottom: 24 };
const LETTER = 7.5;
/** The width that a label below the chart takes, in pixels. */
const LABEL_WIDTH = 56;

const totalOf = ({ parts }: Column): number => parts.reduce((sum, { value }) => sum + value, 0);

/**
 * Shows whole numbers over time as columns, each made of parts. The chart has its height before it is drawn, so the
 * page doesn't move.
 */
export function ColumnChart({ label, columns, readout, height = 220 }: ColumnChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number>();
  const axis = roundAxis(columns.map(totalOf), { count: 4, fromZero: true });
  const ticks = axis.ticks.filter(Number.isInteger);
  const left = 10 + LETTER * Math.max(...ticks.map((tick) => String(tick).length));
  const y = linearScale([0, axis.domain[1]], [height - EDGE.bottom, EDGE.top]);
  const x = linearScale([0, columns.length], [left, Math.max(left, width - EDGE.right)]);
  const pointAt = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.floor((at - x(0)) / (x(1) - x(0)));
    setPointed(index >= 0 && index < columns.length ? index : undefined);
  };
  return (
    <figure className={styles.figure}>
      <div ref={frame} style={{ height }}>
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
            {ticks.map((tick) => (
              <g key={tick}>
                <path className={styles.grid} d={`M${left},${y(tick)}H${width - EDGE.right}`} />
                <text className={styles.tick} x={left - 6} y={y(tick)} dy="0.32em" textAnchor="end">
                  {tick.toLocaleString("en")}
                </text>
              </g>
            ))}
            {pointed !== undefined && (
              <rect
                className={styles.pointed}
                x={x(pointed)}
                y={EDGE.top}
                width={x(1) - x(0)}
                height={height - EDGE.top - EDGE.bottom}
              />
            )}
            <Columns columns={columns} x={x} y={y} />
            <Labels columns={columns} x={x} width={width} left={left} height={height} />
          </svg>
        )}
      </div>
      <figcaption className={styles.caption} aria-hidden>
        {readout(pointed === undefined ? null : (columns[pointed] ?? null))}
      </figcaption>
    </figure>
  );
}

function Columns({ columns, x, y }: { columns: readonly Column[]; x: Scale; y: Scale }) {
  const step = x(1) - x(0);
  const gap = Math.min(6, step * 0.2);
  return columns.map(({ key, parts }, index) => {
    let below = 0;
    return parts
      .filter(({ value }) => value > 0)
      .map(({ tone, value }) => {
        const top = y(below + value);
        const bottom = y(below);
        below += value;
        return (
          <rect
            key={`${key} ${tone}`}
            className={fillOf(tone)}
            x={x(index) + gap / 2}
            y={top}
            width={Math.max(0.5, step - gap)}
            height={Math.max(0, bottom - top)}
          />
        );
      });
  });
}

interface LabelsProps {
  columns: readonly Column[];
  x: Scale;
  width: number;
  left: number;
  height: number;
}

/** As many labels as fit, evenly spaced. */
function Labels({ columns, x, width, left, height }: LabelsProps) {
  const room = Math.max(1, Math.floor((width - left) / LABEL_WIDTH));
  const each = Math.max(1, Math.ceil(columns.length / room));
  return columns.map(
    ({ key, label }, index) =>
      index % each === 0 && (
        <text
          key={key}
          className={styles.tick}
          x={Math.min((x(index) + x(index + 1)) / 2, width - LABEL_WIDTH / 2)}
          y={height - 6}
          textAnchor="middle"
        >
          {label}
        </text>
      ),
  );
}
