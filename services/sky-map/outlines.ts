import { azimuthSpanDeg } from '#shared/sky/grid-shape';
import { createHorizon } from '#shared/sky/horizon';
import { ZENITH_DEG } from '#shared/sky/pointing';
import type { SkySector } from './sky-sector.ts';
import { INK, strokeWithOutline, type Pen } from './pen.ts';
import type { PlanePoint } from './projections.ts';
import { toPixel } from './view.ts';

// Curves are drawn as chords of at most this length.
const CHORD_DEG = 2;
const FORBIDDEN = { fill: 'rgba(235, 60, 45, 0.28)', line: '#ff7a68' };
const HORIZON = { fill: 'rgba(20, 26, 34, 0.45)', line: '#ffe9c2' };

/** The planned path: a thin dashed line with a dot at its start. */
export function drawPath(pen: Pen, path: readonly Turn[]): void {
  const { surface, fontPx } = pen;
  surface.save();
  surface.globalAlpha = 0.8;
  surface.lineJoin = 'round';
  surface.setLineDash([0.5 * fontPx, 0.3 * fontPx]);
  const trace = () => {
    let before: Turn | undefined;
    for (const turn of path) {
      if (before) leg(pen, before, turn);
      before = turn;
    }
  };
  strokeWithOutline(pen, trace, INK.over, 0.08);
  surface.restore();
  const [azimuthDeg, elevationDeg] = path[0] ?? [0, 0];
  const start = toPixel(pen.view, pen.projection.forward(azimuthDeg, elevationDeg));
  surface.fillStyle = INK.over;
  surface.strokeStyle = INK.under;
  surface.lineWidth = 0.1 * fontPx;
  surface.beginPath();
  surface.arc(start.x, start.y, 0.25 * fontPx, 0, 2 * Math.PI);
  surface.fill();
  surface.stroke();
}

/** A dashed line of constant elevation. */
export function drawElevationLine(pen: Pen, elevationDeg: number): void {
  const { surface, projection, fontPx } = pen;
  const { left, right } = projection.extent;
  surface.save();
  surface.setLineDash([0.8 * fontPx, 0.5 * fontPx]);
  const [from, to] = projection.name === 'polar' ? [0, 360] : [left, right];
  if (projection.name === 'polar')
    strokeWithOutline(pen, () => arc(pen, from, to, elevationDeg), FORBIDDEN.line, 0.1);
  else
    strokeWithOutline(
      pen,
      () => {
        const [a, b] = [from, to].map((x) => toPixel(pen.view, { x, y: elevationDeg }));
        if (!a || !b) return;
        surface.moveTo(a.x, a.y);
        surface.lineTo(b.x, b.y);
      },
      FORBIDDEN.line,
      0.1,
    );
  surface.restore();
}

/** The horizon mask: darkens the sky below it. */
export function drawHorizon(pen: Pen, mask: readonly (readonly [number, number])[]): void {
  const { surface, projection } = pen;
  const horizon = createHorizon(mask.map(([azimuthDeg, elevationDeg]) => ({ azimuthDeg, elevationDeg })));
  const { extent } = projection;
  const polar = projection.name === 'polar';
  const from = polar ? 0 : extent.left;
  const to = polar ? 360 : extent.right;
  const floorDeg = polar ? 90 - extent.right : extent.bottom;
  const count = Math.ceil(to - from);
  const azimuths = Array.from({ length: count + 1 }, (_, n) => from + ((to - from) * n) / count);
  const edge = azimuths.map((az) => place(pen, az, Math.max(floorDeg, horizon.highestDeg(az, az))));
  const floor = azimuths.map((az) => place(pen, az, floorDeg)).reverse();
  surface.fillStyle = HORIZON.fill;
  surface.beginPath();
  follow(pen, [...edge, ...floor]);
  surface.fill();
  strokeWithOutline(pen, () => follow(pen, edge), HORIZON.line, 0.12);
}

/** A keep-out sector. */
export function drawKeepOut(pen: Pen, { azStartDeg, azEndDeg, elMinDeg, elMaxDeg }: SkySector): void {
  const { surface, projection } = pen;
  const width = azimuthSpanDeg({ azStartDeg, azEndDeg });
  const count = Math.max(1, Math.ceil(width / CHORD_DEG));
  const { left, right } = projection.extent;
  // The seam of a rectangular map may split the sector into two pieces.
  const first =
    projection.name === 'polar' ? azStartDeg : azStartDeg - 360 * Math.floor((azStartDeg - left) / 360) - 360;
  const last = projection.name === 'polar' ? azStartDeg : right;
  for (let start = first; start <= last; start += 360) {
    const along = (elevationDeg: number) =>
      Array.from({ length: count + 1 }, (_, n) => place(pen, start + (width * n) / count, elevationDeg));
    const outline = [...along(elMinDeg), ...along(elMaxDeg).reverse()];
    surface.fillStyle = FORBIDDEN.fill;
    surface.beginPath();
    follow(pen, outline);
    surface.fill();
    const closed = () => {
      follow(pen, outline);
      surface.closePath();
    };
    strokeWithOutline(pen, closed, FORBIDDEN.line, 0.1);
  }
}

/** Position on the plane; continues beyond the seam of a rectangular map. */
function place({ projection }: Pen, azimuthDeg: number, elevationDeg: number): PlanePoint {
  if (projection.name === 'polar') return projection.forward(azimuthDeg, elevationDeg);
  return { x: azimuthDeg, y: elevationDeg };
}

function follow({ surface, view }: Pen, places: readonly PlanePoint[]): void {
  places.forEach((at, n) => {
    const { x, y } = toPixel(view, at);
    if (n === 0) surface.moveTo(x, y);
    else surface.lineTo(x, y);
  });
}

type Turn = readonly [azimuthDeg: number, elevationDeg: number];

/** A leg that is straight in azimuth and elevation, which may pass the zenith. */
function leg(pen: Pen, a: Turn, b: Turn): void {
  const [elA, elB] = [a[1], b[1]];
  if (elA <= ZENITH_DEG && elB <= ZENITH_DEG) legOnSky(pen, a, b);
  else if (elA >= ZENITH_DEG && elB >= ZENITH_DEG) legOnSky(pen, turnedOver(a), turnedOver(b));
  else {
    const share = (ZENITH_DEG - elA) / (elB - elA);
    const zenith = [a[0] + share * (b[0] - a[0]), ZENITH_DEG] as const;
    leg(pen, a, zenith);
    leg(pen, zenith, b);
  }
}

function turnedOver([azimuthDeg, elevationDeg]: Turn): Turn {
  return [azimuthDeg + 180, 180 - elevationDeg];
}

function legOnSky(pen: Pen, [azA, elA]: Turn, [azB, elB]: Turn): void {
  const { surface, projection, view } = pen;
  const polar = projection.name === 'polar';
  // Most legs are rows: one arc instead of many chords.
  if (polar && elA === elB && Math.abs(azB - azA) > CHORD_DEG) {
    arc(pen, azA, azB, elA);
    return;
  }
  const chords = polar || azA !== azB ? Math.max(1, Math.ceil(Math.abs(azB - azA) / CHORD_DEG)) : 1;
  let before: PlanePoint | undefined;
  for (let n = 0; n <= chords; n++) {
    const at = projection.forward(azA + ((azB - azA) * n) / chords, elA + ((elB - elA) * n) / chords);
    const { x, y } = toPixel(view, at);
    // Interrupts the line at the seam of the rectangular map.
    if (!before || Math.abs(at.x - before.x) > 180) surface.moveTo(x, y);
    else surface.lineTo(x, y);
    before = at;
  }
}

function arc({ surface, projection, view }: Pen, fromDeg: number, toDeg: number, elevationDeg: number): void {
  const zenith = toPixel(view, { x: 0, y: 0 });
  const radius = (90 - elevationDeg) * view.pxPerDegX;
  const angle = (deg: number) => ((deg - 90) * Math.PI) / 180;
  const start = toPixel(view, projection.forward(fromDeg, elevationDeg));
  surface.moveTo(start.x, start.y);
  surface.arc(zenith.x, zenith.y, radius, angle(fromDeg), angle(toDeg), toDeg < fromDeg);
}
