import type { Pointing } from '#shared/sky/pointing';
import { INK, pixelOf, strokeWithOutline, type Pen } from './pen.ts';

const SUN = '#ffd23e';
const MOON = '#e8ecf2';
const ROTOR = '#ff5a36';

/** Readback of the rotor: a ring with a cross, filled while the rotor moves. */
export function drawReadback(pen: Pen, pointing: Pointing, moving: boolean): void {
  const at = pixelOf(pen, pointing);
  if (!at) return;
  const { surface, fontPx } = pen;
  const radius = 0.6 * fontPx;
  if (moving) {
    surface.fillStyle = ROTOR;
    surface.beginPath();
    surface.arc(at.x, at.y, radius * 0.45, 0, 2 * Math.PI);
    surface.fill();
  }
  const trace = () => {
    surface.moveTo(at.x + radius, at.y);
    surface.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      surface.moveTo(at.x + dx * radius, at.y + dy * radius);
      surface.lineTo(at.x + dx * radius * 1.9, at.y + dy * radius * 1.9);
    }
  };
  strokeWithOutline(pen, trace, ROTOR, 0.16);
}

/** Setpoint of the rotor: a diamond. */
export function drawSetpoint(pen: Pen, pointing: Pointing): void {
  const at = pixelOf(pen, pointing);
  if (!at) return;
  const { surface, fontPx } = pen;
  const radius = 0.75 * fontPx;
  const trace = () => {
    surface.moveTo(at.x, at.y - radius);
    surface.lineTo(at.x + radius, at.y);
    surface.lineTo(at.x, at.y + radius);
    surface.lineTo(at.x - radius, at.y);
    surface.closePath();
  };
  strokeWithOutline(pen, trace);
}

/** The Sun: a disc with rays. */
export function drawSun(pen: Pen, pointing: Pointing): void {
  const at = pixelOf(pen, pointing);
  if (!at) return;
  const { surface, fontPx } = pen;
  const radius = 0.5 * fontPx;
  const trace = () => {
    for (let ray = 0; ray < 8; ray++) {
      const [dx, dy] = [Math.cos((ray * Math.PI) / 4), Math.sin((ray * Math.PI) / 4)];
      surface.moveTo(at.x + dx * radius * 1.45, at.y + dy * radius * 1.45);
      surface.lineTo(at.x + dx * radius * 1.95, at.y + dy * radius * 1.95);
    }
  };
  strokeWithOutline(pen, trace, SUN, 0.16);
  disc(pen, at, radius, SUN);
}

/** The Moon: a crescent. */
export function drawMoon(pen: Pen, pointing: Pointing): void {
  const at = pixelOf(pen, pointing);
  if (!at) return;
  const { surface, fontPx } = pen;
  const radius = 0.62 * fontPx;
  disc(pen, at, radius, '#39414d');
  surface.fillStyle = MOON;
  surface.beginPath();
  // The lit side, and back along the terminator.
  surface.arc(at.x, at.y, radius, -Math.PI / 2, Math.PI / 2);
  const [offset, inner] = [radius * 0.75, radius * 1.25];
  const angle = Math.asin(radius / inner);
  surface.arc(at.x - offset, at.y, inner, angle, -angle, true);
  surface.fill();
}

function disc({ surface, fontPx }: Pen, at: { x: number; y: number }, radius: number, colour: string): void {
  surface.fillStyle = colour;
  surface.strokeStyle = INK.under;
  surface.lineWidth = 0.14 * fontPx;
  surface.beginPath();
  surface.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  surface.fill();
  surface.stroke();
}
