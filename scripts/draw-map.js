// Draws the map of a scan as SVG: azimuth to the right, elevation up, the colour is the level.
// node scripts/draw-map.js http://127.0.0.1:8080/api/skyscan/1 map.svg    (API_KEY in the environment, if the server wants one)
import { writeFileSync } from 'node:fs';

/**
 * @typedef {{ az_start: number, step_deg: number, id: number }} Session
 * @typedef {{ row: number, column: number, setpoint: { azimuth: number, elevation: number }, mean_dbm: number, flags: string[] }} Cell
 */

const [address, path] = process.argv.slice(2);
if (!address || !path) {
  console.error('usage: node scripts/draw-map.js http://HOST:PORT/api/skyscan/ID FILE.svg');
  process.exit(1);
}

const WIDTH = 900;
const MARGIN = { left: 62, right: 96, top: 20, bottom: 52 };
const SHADES = 128;
// Inferno by van der Walt and Smith, every eighth.
const COLOURS = [
  '#000004',
  '#1b0c41',
  '#4a0c6b',
  '#781c6d',
  '#a52c60',
  '#cf4446',
  '#ed6925',
  '#fb9b06',
  '#f7d13d',
  '#fcffa4',
];

const session = /** @type {Session} */ (await get(address));
const cells = /** @type {Cell[]} */ (await get(`${address}/measurements`));
if (cells.length === 0) {
  console.error('nothing is measured yet');
  process.exit(1);
}
writeFileSync(path, draw(session, cells));
console.log(`${path}: ${cells.length} points`);

/** @param {string} url */
async function get(url) {
  const key = process.env['API_KEY'];
  const response = await fetch(url, key ? { headers: { authorization: `Bearer ${key}` } } : {});
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** @param {Session} scan @param {Cell[]} points */
function draw({ az_start, step_deg: step }, points) {
  // The setpoints of a sector may be unwrapped either way; its columns count from its start.
  const columns = Math.max(...points.map(({ column }) => column)) + 1;
  const elevations = points.map(({ setpoint }) => setpoint.elevation);
  const lowest = Math.min(...elevations) - step / 2;
  const highest = Math.max(...elevations) + step / 2;
  const scale = (WIDTH - MARGIN.left - MARGIN.right) / (columns * step);
  const height = (highest - lowest) * scale;
  const x = (/** @type {number} */ degrees) => round(MARGIN.left + degrees * scale);
  const y = (/** @type {number} */ elevation) => round(MARGIN.top + (highest - elevation) * scale);

  const levels = points.map(({ mean_dbm }) => mean_dbm).sort((a, b) => a - b);
  const [low = 0, high = 0] = [levels[0], levels.at(-1)];
  /** @type {Map<number, string>} */
  const shapes = new Map();
  const size = round(step * scale);
  for (const { column, setpoint, mean_dbm } of points) {
    const shade = Math.round(((mean_dbm - low) / (high - low || 1)) * (SHADES - 1));
    const corner = `M${x(column * step)} ${y(setpoint.elevation + step / 2)}h${size}v${size}h-${size}z`;
    shapes.set(shade, (shapes.get(shade) ?? '') + corner);
  }
  const cellPaths = [...shapes].map(
    ([shade, d]) => `<path fill="${colour(shade / (SHADES - 1))}" d="${d}"/>`,
  );

  const bottom = MARGIN.top + height;
  const labels = [];
  // A cell reaches half a step to either side of its setpoint.
  for (let n = 0; n < columns * step; n += niceStep(columns * step)) {
    labels.push(text(x(n + step / 2), bottom + 18, `${(((az_start + n) % 360) + 360) % 360}°`, 'middle'));
  }
  for (let n = Math.ceil(lowest / 15) * 15; n <= highest; n += 15)
    labels.push(text(MARGIN.left - 8, y(n) + 4, `${n}°`, 'end'));
  labels.push(text((x(0) + x(columns * step)) / 2, bottom + 40, 'azimuth, clockwise from north', 'middle'));
  labels.push(
    `<g transform="translate(16 ${round(MARGIN.top + height / 2)}) rotate(-90)">${text(0, 0, 'elevation', 'middle')}</g>`,
  );

  const unit = points.some(({ flags }) => flags.includes('uncalibrated')) ? 'dBFS' : 'dBm';
  const bar = { x: WIDTH - MARGIN.right + 18, width: 14 };
  const stops = COLOURS.map(
    (value, n) => `<stop offset="${round(n / (COLOURS.length - 1))}" stop-color="${value}"/>`,
  );
  const scaleBar = [
    `<linearGradient id="scale" x1="0" y1="1" x2="0" y2="0">${stops.join('')}</linearGradient>`,
    `<rect x="${bar.x}" y="${MARGIN.top}" width="${bar.width}" height="${round(height)}" fill="url(#scale)"/>`,
    text(bar.x + bar.width + 6, MARGIN.top + 10, high.toFixed(1), 'start'),
    text(bar.x + bar.width + 6, bottom, low.toFixed(1), 'start'),
    text(bar.x + bar.width + 6, MARGIN.top + height / 2 + 4, unit, 'start'),
  ];
  const total = round(bottom + MARGIN.bottom);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${total}" font-family="sans-serif" font-size="13" fill="#444">`,
    `<rect width="${WIDTH}" height="${total}" fill="#fff"/>`,
    '<g shape-rendering="crispEdges">',
    ...cellPaths,
    '</g>',
    ...labels,
    ...scaleBar,
    '</svg>',
    '',
  ].join('\n');
}

/** @param {number} share 0 to 1 */
function colour(share) {
  const position = share * (COLOURS.length - 1);
  const index = Math.min(Math.floor(position), COLOURS.length - 2);
  const parts = [1, 3, 5].map((at) => {
    const [from, to] = [COLOURS[index], COLOURS[index + 1]].map((hex) =>
      parseInt((hex ?? '').slice(at, at + 2), 16),
    );
    const value = Math.round((from ?? 0) + ((to ?? 0) - (from ?? 0)) * (position - index));
    return value.toString(16).padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** @param {number} span */
function niceStep(span) {
  return [5, 10, 15, 30, 45].find((step) => span / step <= 12) ?? 60;
}

/** @param {number} x @param {number} y @param {string} words @param {string} anchor */
function text(x, y, words, anchor) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${words}</text>`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
