import type { Vector } from '../finder/sphere.ts';

/** A great circle through a direction; angles in radians. */
export interface GreatCircle {
  at(angle: number): Vector;
}

/** @param along A unit vector at a right angle to `through`. */
export function greatCircle(through: Vector, along: Vector): GreatCircle {
  const mixed = (a: number, b: number): Vector => [
    a * through[0] + b * along[0],
    a * through[1] + b * along[1],
    a * through[2] + b * along[2],
  ];
  return {
    at: (angle) => mixed(Math.cos(angle), Math.sin(angle)),
  };
}

/** A unit vector between two axes at right angles: 0 is the first one. */
export function between(first: Vector, second: Vector, angle: number): Vector {
  return greatCircle(first, second).at(angle);
}
