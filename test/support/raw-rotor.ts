/** A rotor as a client without the generated messages sends it. */
export function rawRotor(port: number) {
  return {
    id: 3,
    name: 'roof',
    host: '127.0.0.1',
    port,
    limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 5, elMaxDeg: 90 },
    toleranceDeg: 1,
    settleMs: 0,
    azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
    elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
    park: { azimuthDeg: 0, elevationDeg: 5 },
    rssiSource: 'RSSI_SOURCE_NONE',
    receiver: { centerFrequencyHz: 1e9, bandwidthHz: 1e6, gainDb: 10, readMs: 10 },
  };
}
