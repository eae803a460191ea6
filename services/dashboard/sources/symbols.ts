/** Okabe and Ito, "Color Universal Design" (2008), without black. */
const COLOURS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'] as const;
const OTHERS = '#ffffff';

/** Corners of the shapes; 0: a circle. `turn` is of the first corner, in turns from the top. */
const SHAPES = [
  { corners: 0, turn: 0 },
  { corners: 4, turn: 1 / 8 },
  { corners: 3, turn: 0 },
  { corners: 4, turn: 0 },
  { corners: 3, turn: 1 / 2 },
  { corners: 5, turn: 0 },
  { corners: 6, turn: 0 },
] as const;

const CIRCLE_CORNERS = 24;

/** The colour of a source by its number: the seven strongest have one each, the others white. */
export function colourOf(number: number): string {
  return COLOURS[number - 1] ?? OTHERS;
}

/** Corners of the shape of a source by its number, in a circle of radius 1 around 0, y down. */
export function cornersOf(number: number): [x: number, y: number][] {
  const { corners, turn } = SHAPES[(number - 1) % SHAPES.length] ?? SHAPES[0];
  const count = corners === 0 ? CIRCLE_CORNERS : corners;
  // A circle of the same radius looks larger than a polygon.
  const radius = corners === 0 ? 0.85 : 1;
  return Array.from({ length: count }, (_, n) => {
    const angle = 2 * Math.PI * (turn + n / count);
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });
}
