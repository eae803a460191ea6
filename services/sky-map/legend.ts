import { drawLabel, textWidth } from './labels.ts';
import { cssColour, paletteOf, type PaletteName } from './palettes.ts';
import { RANGE_DESCRIPTIONS, formatLevel, levelTicks, type LevelRange } from './range.ts';
import type { Surface } from './surface.ts';
import type { Theme } from './themes.ts';
import type { Rect } from './view.ts';

/** Unit of the levels; dB for differences; a statistic without a unit: its name. */
export type LevelUnit = 'dBm' | 'dBFS' | 'dB' | 'z' | 'kurtosis' | 'occupancy' | 'share';

export interface Legend {
  palette: PaletteName;
  range: LevelRange;
  /** Whether the range is automatic. */
  automatic: boolean;
  unit: LevelUnit;
  /** Whether some cells are unmeasured. */
  gaps: boolean;
}

/** Height of a legend in lines of text. */
export const LEGEND_LINES = 3.4;

/** Draws a colour bar with level ticks, the unit and a sample of the hatching. */
export function drawLegend(
  surface: Surface,
  legend: Legend,
  box: Pick<Rect, 'x' | 'y' | 'width'>,
  { theme, fontPx }: { theme: Theme; fontPx: number },
): void {
  const { palette, range, automatic, unit, gaps } = legend;
  const bar = { ...box, width: Math.min(box.width * 0.55, 26 * fontPx), height: fontPx };
  const colours = paletteOf(palette);
  const shade = bar.width / colours.length;
  surface.save();
  colours.forEach((colour, n) => {
    surface.fillStyle = cssColour(colour);
    surface.fillRect(bar.x + n * shade, bar.y, Math.min(shade * 1.5, bar.width - n * shade), bar.height);
  });
  surface.strokeStyle = theme.quiet;
  surface.lineWidth = fontPx / 14;
  surface.strokeRect(bar.x, bar.y, bar.width, bar.height);
  const below = bar.y + bar.height + fontPx * 0.55;
  const ticks = levelTicks(range, Math.floor(bar.width / (4.5 * fontPx)));
  const decimals = Math.max(0, ...ticks.map((level) => (String(level).split('.')[1] ?? '').length));
  for (const level of ticks) {
    const x = bar.x + ((level - range.min) / (range.max - range.min)) * bar.width;
    surface.fillStyle = theme.quiet;
    surface.fillRect(x - fontPx / 28, bar.y + bar.height, fontPx / 14, fontPx * 0.3);
    const text = formatLevel(level, decimals);
    drawLabel(surface, {
      text,
      x,
      y: below,
      px: fontPx,
      colour: theme.text,
      align: 'center',
      baseline: 'top',
    });
  }
  const beside = bar.x + bar.width + fontPx * 0.8;
  const middle = bar.y + bar.height / 2;
  drawLabel(surface, {
    text: unit,
    x: beside,
    y: middle,
    px: fontPx,
    colour: theme.text,
    bold: true,
    baseline: 'middle',
  });
  if (gaps) {
    const swatch = { x: beside + textWidth(surface, unit, fontPx, true) + 1.6 * fontPx, y: bar.y };
    drawHatching(surface, { ...swatch, width: 1.8 * fontPx, height: bar.height }, theme, fontPx);
    const note = { text: 'not measured', x: swatch.x + 2.3 * fontPx, y: middle };
    drawLabel(surface, { ...note, px: fontPx, colour: theme.text, baseline: 'middle' });
  }
  const rangeText = automatic ? RANGE_DESCRIPTIONS.automatic : RANGE_DESCRIPTIONS.manual;
  drawLabel(surface, {
    text: rangeText,
    x: beside,
    y: below,
    px: fontPx,
    colour: theme.quiet,
    baseline: 'top',
  });
  surface.restore();
}

/** A sample of the hatching of unmeasured cells. */
function drawHatching(surface: Surface, box: Rect, theme: Theme, fontPx: number): void {
  surface.save();
  surface.beginPath();
  surface.rect(box.x, box.y, box.width, box.height);
  surface.clip();
  surface.fillStyle = theme.unmeasured[0];
  surface.fillRect(box.x, box.y, box.width, box.height);
  surface.strokeStyle = theme.unmeasured[1];
  surface.lineWidth = fontPx / 6;
  for (let x = box.x; x < box.x + box.width + box.height; x += fontPx / 2) {
    surface.beginPath();
    surface.moveTo(x, box.y);
    surface.lineTo(x - box.height, box.y + box.height);
    surface.stroke();
  }
  surface.restore();
  surface.strokeStyle = theme.quiet;
  surface.lineWidth = fontPx / 14;
  surface.strokeRect(box.x, box.y, box.width, box.height);
}
