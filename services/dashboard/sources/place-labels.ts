import { contains, overlaps } from '#sky-map/rectangles';
import type { Rect } from '#sky-map/view';

/** A mark that needs a label; pixels. */
export interface Marked {
  x: number;
  y: number;
  /** Half of the size of the mark. */
  radius: number;
  /** Size of the label. */
  width: number;
  height: number;
}

// Directions of the label from the mark, the best first.
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;
const GAP_PX = 2;

/**
 * Places the labels beside their marks, the first mark first. A label that would cover another
 * label or mark or cross `bounds`, is undefined.
 */
export function placeLabels(marks: readonly Marked[], bounds: Rect): (Rect | undefined)[] {
  const placed: Rect[] = [];
  const squares = marks.map(squareOf);
  return marks.map((mark, index) => {
    const label = DIRECTIONS.map((direction) => beside(mark, direction)).find(
      (each) =>
        contains(bounds, each) &&
        !placed.some((other) => overlaps(each, other)) &&
        !squares.some((other, n) => n !== index && overlaps(each, other)),
    );
    if (label) placed.push(label);
    return label;
  });
}

/** What a mark covers. */
export function squareOf({ x, y, radius }: Pick<Marked, 'x' | 'y' | 'radius'>): Rect {
  return { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius };
}

function beside({ x, y, radius, width, height }: Marked, [right, down]: readonly [number, number]): Rect {
  // Diagonally, the corner of the label is nearer.
  const distance = (right !== 0 && down !== 0 ? 0.7 * radius : radius) + GAP_PX;
  return {
    x: x + right * (distance + width / 2) - width / 2,
    y: y + down * (distance + height / 2) - height / 2,
    width,
    height,
  };
}
