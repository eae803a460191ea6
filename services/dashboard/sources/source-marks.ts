import type { Source } from '#contract/rest/sources';
import type { Pointing } from '#shared/sky/pointing';
import { drawLabel, textWidth } from '#sky-map/labels';
import type { MarkLayer } from '#sky-map/overlays';
import { INK, pixelOf, type Pen } from '#sky-map/pen';
import type { PlanePoint } from '#sky-map/projections';
import { toPixel, type Rect } from '#sky-map/view';
import { errorEllipse } from './ellipse.ts';
import { placeLabels, squareOf } from './place-labels.ts';
import { colourOf, cornersOf } from './symbols.ts';

// Sizes relative to the font.
const MIN_RADIUS = 0.5;
const SYMBOL_RADIUS = 0.38;
/** How far from a ring a tap still selects it. */
const REACH = 0.9;
/** Three strokes over each other, visible on every palette and background. */
const RING = [
  { colour: INK.under, width: 0.36 },
  { colour: INK.over, width: 0.24 },
] as const;
const RING_CORE = 0.12;
const SELECTED_SCALE = 1.7;

/** What a mark needs of a source. */
export type MarkedSource = Pick<Source, 'number' | 'azimuth' | 'elevation' | 'covariance'>;

interface Place {
  source: MarkedSource;
  centre: PlanePoint;
  outline: PlanePoint[];
  radius: number;
  label?: Rect | undefined;
}

/**
 * The sources on a map: a ring of 95 % of the error of each, with its symbol and number where there
 * is space.
 */
export class SourceMarks implements MarkLayer {
  readonly #sources: readonly MarkedSource[];
  readonly #outlines: readonly Pointing[][];
  readonly #selected: number | undefined;
  readonly #onpick: (number: number) => void;
  /** As drawn last. */
  #places: Place[] = [];

  /** `selected`: number of a source. `sources`: the strongest first. */
  constructor(
    sources: readonly MarkedSource[],
    selected: number | undefined,
    onpick: (number: number) => void,
  ) {
    // The selected one is labelled first.
    const isSelected = ({ number }: MarkedSource) => number === selected;
    this.#sources = [...sources.filter(isSelected), ...sources.filter((source) => !isSelected(source))];
    this.#outlines = this.#sources.map(errorEllipse);
    this.#selected = selected;
    this.#onpick = onpick;
  }

  draw(pen: Pen): Rect[] {
    const { surface, fontPx, view } = pen;
    this.#places = this.#sources.flatMap((source, n) => placeOf(pen, source, this.#outlines[n] ?? []));
    const height = 1.2 * fontPx;
    const labels = placeLabels(
      this.#places.map(({ source, centre, radius }) => ({
        ...centre,
        radius,
        width: (2 * SYMBOL_RADIUS + 0.3) * fontPx + textWidth(surface, String(source.number), fontPx, true),
        height,
      })),
      view.rect,
    );
    for (const [n, place] of this.#places.entries()) place.label = labels[n];
    surface.save();
    surface.lineJoin = 'round';
    // The strongest on top.
    for (const place of this.#places.toReversed()) this.#drawPlace(pen, place);
    surface.restore();
    return [
      ...this.#places.map(({ centre, radius }) => squareOf({ ...centre, radius })),
      ...labels.filter((label) => label !== undefined),
    ];
  }

  /** Selects the source whose ring or label is at a pixel; returns whether there is one. */
  pick(at: PlanePoint, fontPx: number): boolean {
    const distance = ({ centre }: Place) => Math.hypot(at.x - centre.x, at.y - centre.y);
    const isNear = (place: Place) => distance(place) <= Math.max(place.radius, REACH * fontPx);
    const [found] = [
      ...this.#places.filter(({ label }) => label && contains(label, at)),
      ...this.#places.filter(isNear).toSorted((a, b) => distance(a) - distance(b)),
    ];
    if (found) this.#onpick(found.source.number);
    return found !== undefined;
  }

  #drawPlace(pen: Pen, { source, outline, label }: Place): void {
    const { surface, fontPx } = pen;
    const { number } = source;
    const isSelected = number === this.#selected;
    const scale = (isSelected ? SELECTED_SCALE : 1) * fontPx;
    for (const { colour, width } of [...RING, { colour: colourOf(number), width: RING_CORE }]) {
      surface.strokeStyle = colour;
      surface.lineWidth = width * scale;
      trace(pen, outline);
      surface.stroke();
    }
    if (!label) return;
    const y = label.y + label.height / 2;
    const x = label.x + SYMBOL_RADIUS * fontPx;
    drawSymbol(pen, { x, y }, number);
    drawLabel(surface, {
      text: String(number),
      x: x + (SYMBOL_RADIUS + 0.25) * fontPx,
      y,
      px: fontPx,
      colour: INK.over,
      bold: true,
      baseline: 'middle',
      halo: INK.halo,
    });
  }
}

/** Empty if the projection does not show it. */
function placeOf(pen: Pen, source: MarkedSource, outline: readonly Pointing[]): Place[] {
  const { projection, view, fontPx } = pen;
  const { azimuth: azimuthDeg, elevation: elevationDeg } = source;
  const centre = pixelOf(pen, { azimuthDeg, elevationDeg });
  if (!centre) return [];
  const middle = projection.forward(azimuthDeg, elevationDeg);
  let radius = 0;
  const pixels = outline.map((pointing) => {
    // A rectangular map continues beyond its seam.
    const place =
      projection.name === 'polar'
        ? projection.forward(pointing.azimuthDeg, pointing.elevationDeg)
        : { x: middle.x + pointing.azimuthDeg - azimuthDeg, y: pointing.elevationDeg };
    const at = toPixel(view, place);
    const [dx, dy] = [at.x - centre.x, at.y - centre.y];
    const distance = Math.hypot(dx, dy);
    const shown = Math.max(distance, MIN_RADIUS * fontPx);
    radius = Math.max(radius, shown);
    const stretch = distance > 0 ? shown / distance : 0;
    return { x: centre.x + stretch * dx, y: centre.y + stretch * dy };
  });
  return [{ source, centre, outline: pixels, radius }];
}

function drawSymbol(pen: Pen, { x, y }: PlanePoint, number: number): void {
  const { surface, fontPx } = pen;
  const radius = SYMBOL_RADIUS * fontPx;
  trace(
    pen,
    cornersOf(number).map(([dx, dy]) => ({ x: x + radius * dx, y: y + radius * dy })),
  );
  surface.strokeStyle = INK.under;
  surface.lineWidth = 0.2 * fontPx;
  surface.stroke();
  surface.fillStyle = colourOf(number);
  surface.fill();
}

function trace({ surface }: Pen, corners: readonly PlanePoint[]): void {
  surface.beginPath();
  for (const [n, { x, y }] of corners.entries())
    if (n === 0) surface.moveTo(x, y);
    else surface.lineTo(x, y);
  surface.closePath();
}

function contains({ x, y, width, height }: Rect, at: PlanePoint): boolean {
  return at.x >= x && at.y >= y && at.x <= x + width && at.y <= y + height;
}
