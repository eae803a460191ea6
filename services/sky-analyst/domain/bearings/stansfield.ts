import type { Site } from '#shared/sky/site';
import { degToRad, radToDeg } from '#shared/sky/units';
import { eigenOf } from '../statistics/symmetric.ts';
import type { Bearing } from './bearing.ts';

type Vector = readonly [number, number, number];

const ROUNDS = 3;
/** Weights count nearer sites as if they were this far away, radians. */
const MIN_DISTANCE = 1e-5;

/**
 * The place with the smallest weighted distances from all bearing lines, on a sphere: Stansfield
 * 1947 with great circles instead of lines of a plane. A distance counts relative to the error of
 * the bearing times the distance of the site, from the place of the round before.
 */
export function stansfieldPlace(bearings: readonly Bearing[]): Site {
  const lines = bearings.map((bearing) => ({ ...circleOf(bearing), sigma: degToRad(bearing.sigmaDeg) }));
  let distances = lines.map(() => 1);
  let place: Vector = [1, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const matrix = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) =>
        lines.reduce((sum, { normal, sigma }, k) => {
          const spread = sigma * (distances[k] as number);
          return sum + ((normal[i] as number) * (normal[j] as number)) / (spread * spread);
        }, 0),
      ),
    );
    const [x = 1, y = 0, z = 0] = eigenOf(matrix).vectors[0] ?? [];
    // Its antipode is on the same circles: the place is where most bearings lead.
    const ahead = lines.reduce((sum, { forward }) => sum + Math.sign(dot(forward, [x, y, z])), 0);
    const nearer = lines.reduce((sum, { site }) => sum + dot(site, [x, y, z]), 0);
    const sign = (ahead === 0 ? nearer : ahead) < 0 ? -1 : 1;
    place = [sign * x, sign * y, sign * z];
    distances = lines.map(({ site }) =>
      Math.max(MIN_DISTANCE, Math.sqrt(1 - Math.min(1, dot(site, place) ** 2))),
    );
  }
  const [x, y, z] = place;
  return { latitudeDeg: radToDeg(Math.atan2(z, Math.hypot(x, y))), longitudeDeg: radToDeg(Math.atan2(y, x)) };
}

/** The great circle of a bearing: the site, the direction in which it leads, and its pole. */
function circleOf({ latitudeDeg, longitudeDeg, azimuthDeg }: Bearing) {
  const [lat, lon, azimuth] = [degToRad(latitudeDeg), degToRad(longitudeDeg), degToRad(azimuthDeg)];
  const site: Vector = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
  const north: Vector = [-Math.sin(lat) * Math.cos(lon), -Math.sin(lat) * Math.sin(lon), Math.cos(lat)];
  const east: Vector = [-Math.sin(lon), Math.cos(lon), 0];
  const mix = (p: Vector, a: number, q: Vector, b: number): Vector => [
    a * p[0] + b * q[0],
    a * p[1] + b * q[1],
    a * p[2] + b * q[2],
  ];
  const [c, s] = [Math.cos(azimuth), Math.sin(azimuth)];
  return { site, forward: mix(north, c, east, s), normal: mix(north, -s, east, c) };
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
