import { drawLabel, fitText } from './labels.ts';
import { FONT, type Surface } from './surface.ts';
import { themeOf, type ThemeName } from './themes.ts';

/** A point of a cut: degrees from the beam axis, dB relative to the peak. */
export interface DrawnCutPoint {
  angleDeg: number;
  gainDb: number;
}

/** The principal cuts of an antenna as a picture. */
export interface PatternFigure {
  title: string;
  subtitle: string;
  theme: ThemeName;
  sizePx: number;
  /** Range of the axis below the peak. Undefined: what the cuts need. */
  spanDb: number | undefined;
  cuts: { azimuth: readonly DrawnCutPoint[]; elevation: readonly DrawnCutPoint[] };
}

const ASPECT = 0.62;
const SPAN = { min: 20, max: 60, step: 10 };
/** Distinct in both themes, to colour-blind people too (Okabe and Ito). */
const COLOURS = { azimuth: '#0072b2', elevation: '#d55e00' };
const ANGLE_STEPS = [1, 2, 5, 10, 15, 30, 45, 60];
const MAX_TICKS = 12;
/** Farther apart, neighbours of a cut have a gap between them. */
const GAP_DEG = 1.5;

export function patternFigureSize({ sizePx }: Pick<PatternFigure, 'sizePx'>): {
  width: number;
  height: number;
} {
  return { width: sizePx, height: Math.round(ASPECT * sizePx) };
}

/** Draws both cuts over the angle from the axis. */
export function drawPatternFigure(surface: Surface, figure: PatternFigure): void {
  const { width, height } = patternFigureSize(figure);
  const theme = themeOf(figure.theme);
  const fontPx = Math.max(11, Math.round(width / 60));
  surface.fillStyle = theme.background;
  surface.fillRect(0, 0, width, height);
  const plot = {
    x: 4.5 * fontPx,
    y: 5 * fontPx,
    width: width - 6.5 * fontPx,
    height: height - 9.5 * fontPx,
  };
  const cuts = Object.values(figure.cuts).flat();
  const reach = reachOf(cuts);
  const span = figure.spanDb ?? spanOf(cuts);
  const x = (deg: number) => plot.x + ((deg + reach) / (2 * reach)) * plot.width;
  const y = (gain: number) => plot.y + (Math.min(span, Math.max(0, -gain)) / span) * plot.height;
  const margin = 1.2 * fontPx;
  const header = { x: margin, colour: theme.text };
  const room = width - 2 * margin;
  drawLabel(surface, {
    ...header,
    text: fitText(surface, figure.title, 1.3 * fontPx, true, room),
    y: 2.1 * fontPx,
    px: 1.3 * fontPx,
    bold: true,
  });
  drawLabel(surface, {
    ...header,
    text: fitText(surface, figure.subtitle, fontPx, false, room),
    y: 3.7 * fontPx,
    px: fontPx,
    colour: theme.quiet,
  });

  surface.lineWidth = Math.max(1, fontPx / 14);
  surface.strokeStyle = theme.grid;
  surface.fillStyle = theme.quiet;
  surface.font = `${fontPx}px ${FONT}`;
  const line = (fromX: number, fromY: number, toX: number, toY: number) => {
    surface.beginPath();
    surface.moveTo(fromX, fromY);
    surface.lineTo(toX, toY);
    surface.stroke();
  };
  surface.textAlign = 'right';
  surface.textBaseline = 'middle';
  const gainStep = span > 30 ? 10 : 5;
  for (let gain = 0; gain <= span; gain += gainStep) {
    line(plot.x, y(-gain), plot.x + plot.width, y(-gain));
    surface.fillText(gain === 0 ? '0 dB' : `−${gain}`, plot.x - 0.5 * fontPx, y(-gain));
  }
  surface.textAlign = 'center';
  surface.textBaseline = 'top';
  const angleStep = ANGLE_STEPS.find((step) => (2 * reach) / step <= MAX_TICKS) ?? 60;
  for (let deg = -Math.floor(reach / angleStep) * angleStep; deg <= reach; deg += angleStep) {
    line(x(deg), plot.y, x(deg), plot.y + plot.height);
    surface.fillText(`${deg}°`.replace('-', '−'), x(deg), plot.y + plot.height + 0.4 * fontPx);
  }

  surface.lineWidth = Math.max(1.5, fontPx / 6);
  surface.lineJoin = 'round';
  let legendX = plot.x;
  for (const name of ['azimuth', 'elevation'] as const) {
    surface.strokeStyle = COLOURS[name];
    surface.setLineDash(name === 'azimuth' ? [] : [0.8 * fontPx, 0.4 * fontPx]);
    surface.beginPath();
    let previous: number | undefined;
    for (const { angleDeg, gainDb } of figure.cuts[name]) {
      const isNext = previous !== undefined && angleDeg - previous <= GAP_DEG;
      if (isNext) surface.lineTo(x(angleDeg), y(gainDb));
      else surface.moveTo(x(angleDeg), y(gainDb));
      previous = angleDeg;
    }
    surface.stroke();
    const legendY = height - 1.6 * fontPx;
    line(legendX, legendY, legendX + 2.5 * fontPx, legendY);
    surface.setLineDash([]);
    const text = name === 'azimuth' ? 'azimuth (right is positive)' : 'elevation (up is positive)';
    drawLabel(surface, {
      text,
      x: legendX + 3 * fontPx,
      y: legendY + 0.35 * fontPx,
      px: fontPx,
      colour: theme.text,
    });
    legendX += 4 * fontPx + surface.measureText(text).width + fontPx;
  }
}

/** Half of the range of angles: of what was measured. */
function reachOf(points: readonly DrawnCutPoint[]): number {
  const farthest = points.reduce((most, { angleDeg }) => Math.max(most, Math.abs(angleDeg)), 1);
  return Math.min(180, Math.ceil(farthest / 5) * 5);
}

function spanOf(points: readonly DrawnCutPoint[]): number {
  const lowest = points.reduce((least, { gainDb }) => Math.min(least, gainDb), 0);
  return Math.min(SPAN.max, Math.max(SPAN.min, Math.ceil(-lowest / SPAN.step) * SPAN.step));
}
