import { once } from 'node:events';
import { createServer } from 'node:http';
import { systemClock } from '#shared/runtime/clock';
import { splitAddress } from '#shared/base/address';
import { SkyScanError } from '#shared/base/errors';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { isLoopbackHost } from '#shared/runtime/loopback';
import type { Place } from '#shared/sky/look';
import { checkPointingModel, directionOf, type PointingModel } from '#shared/sky/pointing-model';
import type { Pointing } from '#shared/sky/pointing';
import type { SimulatorConfig } from './config.ts';
import { createControlApp } from './control/app.ts';
import { createTruth } from './control/truth.ts';
import type { FaultsRequest } from './control/schemas.ts';
import type { Beam } from './domain/beam.ts';
import type { RotatorSettings } from './domain/rotator.ts';
import { createRandom } from './domain/random.ts';
import { createSky } from './domain/sky.ts';
import { gaussianGainDbi, sourcesOf } from './domain/world.ts';
import { createDongle } from './engine/dongle.ts';
import { startRtlTcp } from './dongle/rtl-tcp-server.ts';
import { NO_FAULTS, type Faults } from './engine/faults.ts';
import { followRotctld } from './rotctld-follower.ts';
import { MountFile } from './mount-file.ts';
import { createMount } from './engine/mount.ts';
import { readBeam, readWorld } from './world-file.ts';
import { startRotctld } from './rotctld/server.ts';

const SIDE_LOBE_DB = -36;

/**
 * Starts the simulator: one sky, a rotator with a rotctld server, a dongle with an rtl_tcp server,
 * and an HTTP interface for ground truth, state and faults.
 */
export async function start(
  config: SimulatorConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ rotctldPort: number; rtlTcpPort: number; controlPort: number }> {
  const { SIM_HOST: host, SIM_SEED: seed } = config;
  const faults: Faults = { ...NO_FAULTS };
  const { beam, gainDbi } = antennaOf(config);
  const world = config.SIM_WORLD_FILE === undefined ? undefined : readWorld(config.SIM_WORLD_FILE);
  const sky = createSky(
    seed,
    config.SIM_DRIFT_DB,
    world && sourcesOf(world, placeOf(config), gainDbi),
    config.SIM_SUN === 'moving' ? placeOf(config) : undefined,
  );
  const startUnixMs = systemClock.unixMs() - systemClock.monotonicMs();
  const random = createRandom(seed ^ 0xfa17);
  const store = config.SIM_STATE_FILE === undefined ? undefined : new MountFile(config.SIM_STATE_FILE);
  const mount = createMount(rotatorSettings(config), faults, systemClock, random, store);
  lifecycle.onClose('mount', () => {
    // Stores the current position.
    mount.stop();
    mount.readback();
    store?.close();
  });
  const follower = config.SIM_FOLLOW_ROTCTLD
    ? followRotctld(splitAddress(config.SIM_FOLLOW_ROTCTLD), systemClock, logger)
    : undefined;
  if (follower) lifecycle.onClose('following rotctld', () => follower.close());
  const antenna = follower ?? mount;
  const beamAt = beamDirection((at) => antenna.truePointingAt(at), mountErrors(config));
  const dongle = createDongle(sky, beam, beamAt, startUnixMs, seed ^ 0x5eed);

  const rotctld = await startRotctld({ host, port: config.SIM_ROTCTLD_PORT }, mount, faults, random, logger);
  lifecycle.onClose('rotctld', () => rotctld.close());
  const rtlTcp = await startRtlTcp(
    { host, port: config.SIM_RTL_TCP_PORT, blockBytes: config.SIM_BLOCK_BYTES },
    dongle,
    faults,
    systemClock,
    logger,
  );
  lifecycle.onClose('rtl_tcp', () => rtlTcp.close());

  async function setFaults(change: FaultsRequest): Promise<void> {
    Object.assign(faults, {
      stall: change.stall ?? faults.stall,
      jumpDeg: change.jump_deg ?? faults.jumpDeg,
      noiseDeg: change.noise_deg ?? faults.noiseDeg,
      deadBandDeg: change.dead_band_deg ?? faults.deadBandDeg,
      refusedReadings: change.refused_readings ?? faults.refusedReadings,
      rotctldSilent: change.rotctld_silent ?? faults.rotctldSilent,
      rotctldRefuse: change.rotctld_refuse ?? faults.rotctldRefuse,
      dongleSilent: change.dongle_silent ?? faults.dongleSilent,
      dongleDrop: change.dongle_drop ?? faults.dongleDrop,
      dongleLateMs: change.dongle_late_ms ?? faults.dongleLateMs,
      dongleRateHz: change.dongle_rate_hz ?? faults.dongleRateHz,
    } satisfies Faults);
    mount.setStalled(faults.stall);
    if (change.lose_count) mount.loseCount();
    if (change.home) mount.home();
    if (change.hang_up) rotctld.hangUp();
    if (faults.dongleDrop || change.dongle_hang_up) rtlTcp.disconnect();
    if (change.foreign_frequency_hz !== undefined)
      dongle.apply({ kind: 'frequency', hz: change.foreign_frequency_hz });
    if (change.foreign_gain_db !== undefined) dongle.apply({ kind: 'gain', db: change.foreign_gain_db });
    rtlTcp.loseSamples(change.dropped_samples ?? 0);
    await rotctld.setRefusing(faults.rotctldRefuse);
  }

  const app = createControlApp(
    {
      truth: createTruth(sky, beam, () => dongle.state),
      unixMs: () => systemClock.unixMs(),
      mount: () => ({ ...mount.state(), truePointing: beamAt(systemClock.monotonicMs()) }),
      dongle: () => ({ ...dongle.state, dbmOffsetDb: dongle.dbmOffsetDb, ...rtlTcp.counters() }),
      faults: () => faults,
      setFaults,
    },
    logger,
  );
  if (!isLoopbackHost(host)) logger.warn({ host }, 'the simulator has no login and others can reach it');
  const control = createServer(app).listen(config.SIM_CONTROL_PORT, host);
  await once(control, 'listening');
  lifecycle.onClose('control', async () => {
    control.closeAllConnections();
    await new Promise((resolve) => control.close(resolve));
  });
  return {
    rotctldPort: rotctld.port,
    rtlTcpPort: rtlTcp.port,
    controlPort: (control.address() as { port: number }).port,
  };
}

function antennaOf(config: SimulatorConfig): { beam: Beam; gainDbi: number } {
  if (config.SIM_BEAM_FILE !== undefined) {
    const { table, gainDbi } = readBeam(config.SIM_BEAM_FILE);
    return { beam: table, gainDbi };
  }
  const hpbwDeg = config.SIM_HPBW_DEG;
  return { beam: { hpbwDeg, sideLobeDb: SIDE_LOBE_DB }, gainDbi: gaussianGainDbi(hpbwDeg) };
}

/** The direction of the beam of a mount with errors, from the position of its axes. */
function beamDirection(
  axesAt: (monotonicMs: number) => Pointing,
  model: PointingModel,
): (monotonicMs: number) => Pointing {
  checkPointingModel(model);
  const hasErrors = Object.values(model).some((sizeDeg) => sizeDeg !== 0);
  return hasErrors ? (at) => directionOf(model, axesAt(at)) : axesAt;
}

function mountErrors(config: SimulatorConfig): PointingModel {
  return {
    IA: config.SIM_MOUNT_IA_DEG,
    IE: config.SIM_MOUNT_IE_DEG,
    CA: config.SIM_MOUNT_CA_DEG,
    NPAE: config.SIM_MOUNT_NPAE_DEG,
    AN: config.SIM_MOUNT_AN_DEG,
    AW: config.SIM_MOUNT_AW_DEG,
  };
}

function placeOf(config: SimulatorConfig): Place {
  const { SIM_LATITUDE_DEG: latitudeDeg, SIM_LONGITUDE_DEG: longitudeDeg, SIM_HEIGHT_M: heightM } = config;
  return { latitudeDeg, longitudeDeg, heightM };
}

function rotatorSettings(config: SimulatorConfig): RotatorSettings {
  const limits = {
    azMinDeg: config.SIM_AZ_MIN_DEG,
    azMaxDeg: config.SIM_AZ_MAX_DEG,
    elMinDeg: config.SIM_EL_MIN_DEG,
    elMaxDeg: config.SIM_EL_MAX_DEG,
  };
  if (limits.azMinDeg >= limits.azMaxDeg || limits.elMinDeg >= limits.elMaxDeg)
    throw new SkyScanError('invalid', 'SIM_AZ_MIN_DEG and SIM_EL_MIN_DEG must be below their maxima');
  return {
    azimuth: {
      speedDegPerS: config.SIM_AZ_SPEED_DEG_S,
      accelerationDegPerS2: config.SIM_AZ_ACCELERATION_DEG_S2,
    },
    elevation: {
      speedDegPerS: config.SIM_EL_SPEED_DEG_S,
      accelerationDegPerS2: config.SIM_EL_ACCELERATION_DEG_S2,
    },
    limits,
    start: {
      azimuthDeg: Math.min(Math.max(0, limits.azMinDeg), limits.azMaxDeg),
      elevationDeg: Math.min(Math.max(0, limits.elMinDeg), limits.elMaxDeg),
    },
    resolutionDeg: config.SIM_RESOLUTION_DEG,
    backlashDeg: config.SIM_BACKLASH_DEG,
  };
}
