import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeUnless } from '../support/peers.ts';
import { gaussianPair, seededRandom } from '../support/samples.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { geodesicBetween } from '../../services/shared/sky/geodesic.ts';
import { lookAtOrbit } from '../../services/shared/sky/look.ts';
import { createSunAndMoon } from '../../services/shared/sky/sun-and-moon.ts';
import { fitPointing } from '../../services/sky-analyst/domain/pointing/fit-pointing.ts';
import { setpointOf } from '#shared/sky/pointing-model';

// Debian installs packages for its own interpreter.
const PYTHON = '/usr/bin/python3';

function describeWith(module: string, title: string, suite: () => void): void {
  const find = `import sys, importlib.util as u; sys.exit(u.find_spec('${module}') is None)`;
  const installed = spawnSync(PYTHON, ['-c', find]).status === 0;
  describeUnless(installed ? undefined : `python3-${module} not installed`, title, suite);
}

/** What a script prints as JSON, with `data` from its input. */
function python(script: string, data: unknown): unknown {
  const program = `import json, sys\ndata = json.load(sys.stdin)\n${script}`;
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', program], { input: JSON.stringify(data) });
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

const SITE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 100 };
const NOON = Date.UTC(2026, 10, 29, 12);

describeWith('sgp4', 'satellites', () => {
  test('are where sgp4 has them, within 0.01 degrees', () => {
    const elements = madeUpElements(100, NOON, seededRandom(1));
    const times = [0, 3_600_000, 86_400_000].map((ms) => NOON + ms);
    const found = elements.map((element) => times.map((ms) => lookAtOrbit(element, SITE)(ms)?.pointing));
    // TEME to directions at the site, with the sidereal time of IAU 1982.
    const script = `
from math import *
from datetime import datetime
from sgp4.api import Satrec, WGS72
from sgp4 import omm
R = radians
def look(sat, ms):
    jd, fr = 2440587.5, ms / 86400000.0
    day = floor(fr); e, p, v = sat.sgp4(jd + day, fr - day)
    T = (jd - 2451545.0 + fr) / 36525
    g = R(((67310.54841 + (876600 * 3600 + 8640184.812866) * T + 0.093104 * T * T - 6.2e-6 * T ** 3) / 240) % 360)
    x, y, z = p[0] * cos(g) + p[1] * sin(g), -p[0] * sin(g) + p[1] * cos(g), p[2]
    la, lo, a, f = R(data['lat']), R(data['lon']), 6378.137, 1 / 298.257223563
    n = a / sqrt(1 - f * (2 - f) * sin(la) ** 2)
    h = data['height'] / 1000
    dx = x - (n + h) * cos(la) * cos(lo); dy = y - (n + h) * cos(la) * sin(lo); dz = z - (n * (1 - f) ** 2 + h) * sin(la)
    east = -sin(lo) * dx + cos(lo) * dy
    north = -sin(la) * cos(lo) * dx - sin(la) * sin(lo) * dy + cos(la) * dz
    up = cos(la) * cos(lo) * dx + cos(la) * sin(lo) * dy + sin(la) * dz
    return [degrees(atan2(east, north)) % 360, degrees(atan2(up, hypot(east, north)))]
def satrec(o):
    s = Satrec(); t = datetime.fromisoformat(o['EPOCH'].rstrip('Z'))
    epoch = (t - datetime(1949, 12, 31)).total_seconds() / 86400
    s.sgp4init(WGS72, 'i', 1, epoch, o['BSTAR'], 0, 0, o['ECCENTRICITY'], R(o['ARG_OF_PERICENTER']),
               R(o['INCLINATION']), R(o['MEAN_ANOMALY']), o['MEAN_MOTION'] * 2 * pi / 1440, R(o['RA_OF_ASC_NODE']))
    return s
print(json.dumps([[look(satrec(o), ms) for ms in data['times']] for o in data['elements']]))
`;
    const input = { elements, times, lat: SITE.latitudeDeg, lon: SITE.longitudeDeg, height: SITE.heightM };
    const expected = python(script, input) as [number, number][][];
    expected.forEach((directions, k) =>
      directions.forEach(([azimuthDeg, elevationDeg], t) => {
        const pointing = found[k]?.[t];
        const turn = ((((pointing?.azimuthDeg ?? NaN) - azimuthDeg + 540) % 360) + 360) % 360;
        const cross = (turn - 180) * Math.cos((elevationDeg * Math.PI) / 180);
        expect(Math.hypot(cross, (pointing?.elevationDeg ?? NaN) - elevationDeg)).toBeLessThan(0.01);
      }),
    );
  });
});

describeWith('geographiclib', 'geodesics', () => {
  test('are those of GeographicLib', () => {
    const random = seededRandom(2);
    const pairs = Array.from({ length: 200 }, () =>
      [0, 1].map(() => ({ latitudeDeg: 180 * random() - 90, longitudeDeg: 360 * random() - 180 })),
    );
    const expected = python(
      `from geographiclib.geodesic import Geodesic as G
I = lambda a, b: G.WGS84.Inverse(a['latitudeDeg'], a['longitudeDeg'], b['latitudeDeg'], b['longitudeDeg'])
print(json.dumps([[r['azi1'], r['s12']] for r in (I(*p) for p in data)]))`,
      pairs,
    ) as [number, number][];
    pairs.forEach(([from = SITE, to = SITE], k) => {
      const { azimuthDeg, distanceM } = geodesicBetween(from, to);
      expect(azimuthDeg).toBeCloseTo(expected[k]?.[0] ?? NaN, 8);
      expect(distanceM).toBeCloseTo(expected[k]?.[1] ?? NaN, 4);
    });
  });
});

describeWith('scipy', 'the pointing model', () => {
  test('is the one that scipy fits', () => {
    const random = seededRandom(3);
    const model = { IA: 9, IE: -1, CA: 0.3, NPAE: -0.2, AN: 0.4, AW: -0.3 };
    const observations = Array.from({ length: 40 }, (_, k) => {
      const direction = { azimuthDeg: 9 * k, elevationDeg: 10 + ((k * 17) % 70) };
      const [x, y] = gaussianPair(random);
      const exact = setpointOf(model, direction);
      const sigmaDeg = 0.02 + 0.002 * k;
      const readback = {
        azimuthDeg: exact.azimuthDeg + x * sigmaDeg,
        elevationDeg: exact.elevationDeg + y * sigmaDeg,
      };
      return { direction, readback, sigmaDeg };
    });
    const expected = python(
      `import numpy as np
from scipy.optimize import least_squares
get = lambda a, b: np.array([o[a][b] for o in data])
A, E = np.radians(get('direction', 'azimuthDeg')), np.radians(get('direction', 'elevationDeg'))
s = np.array([o['sigmaDeg'] for o in data])
dA = get('readback', 'azimuthDeg') - get('direction', 'azimuthDeg')
dE = get('readback', 'elevationDeg') - get('direction', 'elevationDeg')
def f(p):
    ia, ie, ca, npae, an, aw = p
    x = ia + ca / np.cos(E) + npae * np.tan(E) + (an * np.sin(A) + aw * np.cos(A)) * np.tan(E)
    y = ie + an * np.cos(A) - aw * np.sin(A)
    return np.concatenate([(dA - x) * np.cos(E) / s, (dE - y) / s])
print(json.dumps(least_squares(f, np.zeros(6), xtol=1e-14, ftol=1e-14, gtol=1e-14).x.tolist()))`,
      observations,
    ) as number[];
    const found = fitPointing(observations);
    expect(found.terms).toHaveLength(6);
    found.terms.forEach((term, k) => expect(found.model[term]).toBeCloseTo(expected[k] ?? NaN, 6));
  });
});

describeWith('astropy', 'Sun and Moon', () => {
  test('are where astropy has them, within 0.02 degrees of azimuth', () => {
    const times = Array.from({ length: 24 }, (_, k) => NOON + k * 3_600_000);
    const expected = python(
      `import warnings; warnings.simplefilter('ignore')
from astropy.utils import iers
iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = 'ignore'
from astropy.time import Time
from astropy.coordinates import EarthLocation, AltAz, get_sun, get_moon
import astropy.units as u
here = EarthLocation(lat=50 * u.deg, lon=8 * u.deg, height=0 * u.m)
t = Time([ms / 1000 for ms in data], format='unix')
frame = AltAz(obstime=t, location=here)
print(json.dumps([b.transform_to(frame).az.deg.tolist() for b in (get_sun(t), get_moon(t, here))]))`,
      times,
    ) as number[][];
    const { sun, moon } = createSunAndMoon(SITE);
    [sun, moon].forEach((body, k) =>
      times.forEach((ms, n) => {
        const turn = body(ms).azimuthDeg - (expected[k]?.[n] ?? NaN);
        expect(Math.abs(turn - 360 * Math.round(turn / 360))).toBeLessThan(0.02);
      }),
    );
  });
});
