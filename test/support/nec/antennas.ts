/** A model of an antenna for nec2c, at a wavelength of 1 m, and how it is mounted. */
export interface NecAntenna {
  name: string;
  /** Cards of the geometry up to GE, then of the network, ground and excitation. */
  geometry: string[];
  program: string[];
  /** The axis of NEC that is forward on the mount; the other axes follow it in a circle. */
  forward: 'x' | 'z';
}

const SEGMENTS = 21;
const MIDDLE = 11;

/** Elements along y, one after the other along x. */
function elements(list: readonly { x: number; length: number }[], z = 0, firstTag = 1): string[] {
  return list.map(
    ({ x, length }, k) =>
      `GW ${firstTag + k} ${SEGMENTS} ${x} ${-length / 2} ${z} ${x} ${length / 2} ${z} 0.003`,
  );
}

const YAGI = [
  { x: 0, length: 0.482 },
  { x: 0.2, length: 0.464 },
  { x: 0.4, length: 0.432 },
  { x: 0.6, length: 0.426 },
  { x: 0.85, length: 0.426 },
  { x: 1.1, length: 0.422 },
];
const STACKED = YAGI.slice(0, 4);
const STACK_HEIGHT = 0.9;

/** Ratio and spacing of a log-periodic antenna of 52 dB ohm lines that cross between elements. */
const TAU = 0.9;
const LOG_PERIODIC = Array.from({ length: 9 }, (_, k) => {
  const length = 0.56 * TAU ** k;
  // Each next element is 2 sigma of its length farther, sigma = 0.16.
  return { length, x: (2 * 0.16 * 0.56 * (1 - TAU ** k)) / (1 - TAU) };
});

const HELIX_RADIUS = 1 / (2 * Math.PI);
const RADIALS = 12;

export const ANTENNAS: readonly NecAntenna[] = [
  { name: 'Yagi', geometry: elements(YAGI), program: [`EX 0 2 ${MIDDLE} 0 1 0`], forward: 'x' },
  {
    name: 'dipole over ground',
    geometry: ['GW 1 21 -0.235 0 0.25 0.235 0 0.25 0.003'],
    program: ['GN 1', `EX 0 1 ${MIDDLE} 0 1 0`],
    forward: 'z',
  },
  {
    name: 'helix',
    geometry: [
      `GH 1 120 0.22 1.54 ${HELIX_RADIUS} ${HELIX_RADIUS} ${HELIX_RADIUS} ${HELIX_RADIUS} 0.004`,
      `GW 2 1 ${HELIX_RADIUS} 0 -0.03 ${HELIX_RADIUS} 0 0 0.004`,
      ...Array.from({ length: RADIALS }, (_, k) => {
        const angle = (2 * Math.PI * k) / RADIALS;
        const [x, y] = [HELIX_RADIUS + 0.4 * Math.cos(angle), 0.4 * Math.sin(angle)];
        return `GW ${3 + k} 8 ${HELIX_RADIUS} 0 -0.03 ${x.toFixed(4)} ${y.toFixed(4)} -0.03 0.003`;
      }),
    ],
    program: ['EX 0 2 1 0 1 0'],
    forward: 'z',
  },
  {
    name: 'log-periodic',
    geometry: elements(LOG_PERIODIC),
    program: [
      ...LOG_PERIODIC.slice(1).map((_, k) => `TL ${k + 1} ${MIDDLE} ${k + 2} ${MIDDLE} -75 0 0 0 0 0`),
      `EX 0 ${LOG_PERIODIC.length} ${MIDDLE} 0 1 0`,
    ],
    forward: 'x',
  },
  {
    name: 'two stacked',
    geometry: [...elements(STACKED, STACK_HEIGHT / 2), ...elements(STACKED, -STACK_HEIGHT / 2, 5)],
    program: [`EX 0 2 ${MIDDLE} 0 1 0`, `EX 0 6 ${MIDDLE} 0 1 0`],
    forward: 'x',
  },
];
