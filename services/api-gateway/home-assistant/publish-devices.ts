import type { HomeAssistantComponent, HomeAssistantDevice } from '#contract/home-assistant';
import type { AnnouncedDevice } from './component.ts';
import { rotorDevice } from './rotor-device.ts';
import { siteDevice } from './site-device.ts';
import { notesMessage, scanMessage, unitOf } from './state.ts';
import { forgetDevices, keepDevices, listDevices, type DeviceRow } from '../store/home-assistant/devices.ts';
import { countOfSites, listRotorScans } from '../store/home-assistant/rotor-scans.ts';
import { listRotors } from '../store/rotors.ts';
import { listSchedules } from '../store/schedules/schedules.ts';
import { listSites } from '../store/sites.ts';
import { acknowledged } from '#shared/runtime/acknowledged';
import type { ChangePublisher, Outgoing } from './change-publisher.ts';
import type { HomeAssistantParts } from './parts.ts';

interface WantedDevice extends AnnouncedDevice {
  siteId: number;
  /** Retained topics of its state. */
  stateTopics: string[];
  /** The state that this gateway publishes. */
  states: Outgoing[];
}

/**
 * Publishes the devices of the sites that this gateway works for, their state, and an empty message
 * for each device that is gone. `isEnabled` false: all are gone. Returns one of the devices.
 */
export async function publishDevices(
  parts: HomeAssistantParts,
  isEnabled: boolean,
  configs: ChangePublisher,
  states: ChangePublisher,
): Promise<Outgoing | undefined> {
  const { db, isOwner } = parts;
  const owned = (await listSites(db)).filter(({ id }) => isOwner(id));
  const siteIds = owned.map(({ id }) => id);
  const wanted = isEnabled ? await wantedDevices(parts, owned) : [];
  const known = new Map((await listDevices(db, siteIds)).map((row) => [row.topic, row]));
  const rows = wanted.map((device) => toRow(device, known.get(device.topic)));
  const changed = rows.filter((row) => !isKept(row, known.get(row.topic)));
  if (changed.length > 0) await keepDevices(db, changed);
  const messages = wanted.map(({ topic, message }, index) => ({
    topic,
    message: withRemovals(message, rows[index]?.components ?? {}),
  }));
  await configs.publish(messages);
  await states.publish(wanted.flatMap((device) => device.states));
  const topics = new Set(wanted.map(({ topic }) => topic));
  const gone = [...known.values()].filter(({ topic, site_id }) => !topics.has(topic) && mayRemove(site_id));
  // With another prefix, the new device has the same state.
  const inUse = new Set(wanted.flatMap(({ stateTopics }) => stateTopics));
  for (const device of gone) await removeDevice(parts, device, inUse);
  return messages[0];

  /** Another gateway may work for a site that this one has just lost. */
  function mayRemove(siteId: number): boolean {
    return isOwner(siteId) || !siteIds.includes(siteId);
  }
}

async function wantedDevices(
  { db, mqtt, settings, commands }: HomeAssistantParts,
  sites: { id: number; name: string }[],
): Promise<WantedDevice[]> {
  const { topics } = mqtt;
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const rotors = (await listRotors(db)).filter(({ site_id }) => names.has(site_id));
  const scans = new Map(
    (
      await listRotorScans(
        db,
        rotors.map(({ id }) => id),
      )
    ).map((scan) => [scan.rotor_id, scan]),
  );
  const schedules = commands.includes('start') ? await listSchedules(db) : [];
  const counts = await countOfSites(db, [...names.keys()]);
  // A device that another one names (via_device) comes first.
  return [
    ...sites.map((site): WantedDevice => {
      const topic = topics.siteState(site.id);
      const count = counts.find(({ site_id }) => site_id === site.id);
      return {
        ...siteDevice(site, settings),
        siteId: site.id,
        stateTopics: [topic],
        states: count ? [{ topic, message: count }] : [],
      };
    }),
    ...rotors.map((rotor): WantedDevice => {
      const scan = scans.get(rotor.id);
      const facts = {
        id: rotor.id,
        name: rotor.name,
        siteId: rotor.site_id,
        siteName: names.get(rotor.site_id) ?? '',
        unit: unitOf(rotor, scan),
        commands,
        schedules: schedules
          .filter(({ rotor_id }) => rotor_id === rotor.id)
          .map(({ id, request }) => ({ id, name: request.name })),
      };
      return {
        ...rotorDevice(facts, settings),
        siteId: rotor.site_id,
        stateTopics: [topics.rotorScan(rotor.id), topics.rotorNotes(rotor.id), topics.rotorMap(rotor.id)],
        states: [
          { topic: topics.rotorScan(rotor.id), message: scanMessage(rotor, scan) },
          { topic: topics.rotorNotes(rotor.id), message: notesMessage(scan) },
        ],
      };
    }),
  ];
}

function toRow({ topic, siteId, stateTopics, message }: WantedDevice, known?: DeviceRow): DeviceRow {
  const platforms = Object.entries(message.cmps).map(([key, { p }]) => [key, p]);
  const components = { ...known?.components, ...(Object.fromEntries(platforms) as Record<string, string>) };
  return { topic, site_id: siteId, state_topics: stateTopics, components };
}

function isKept(row: DeviceRow, known: DeviceRow | undefined): boolean {
  return (
    known?.site_id === row.site_id &&
    known.state_topics.join() === row.state_topics.join() &&
    Object.entries(row.components).every(([key, p]) => known.components[key] === p)
  );
}

/** Removes the components that an older message had. */
function withRemovals(
  message: HomeAssistantDevice,
  components: DeviceRow['components'],
): HomeAssistantDevice {
  const removed = Object.entries(components)
    .filter(([key]) => !(key in message.cmps))
    .map(([key, p]) => [key, { p } as HomeAssistantComponent] as const);
  const cmps: HomeAssistantDevice['cmps'] = Object.fromEntries([...Object.entries(message.cmps), ...removed]);
  return { ...message, cmps };
}

/** Clears the retained messages of a device, then forgets it. */
async function removeDevice(
  { db, mqtt, logger }: HomeAssistantParts,
  { topic, state_topics }: DeviceRow,
  inUse: ReadonlySet<string>,
): Promise<void> {
  for (const each of [topic, ...state_topics.filter((name) => !inUse.has(name))])
    await acknowledged(mqtt.client.publishAsync(each, '', { qos: 1, retain: true }));
  await forgetDevices(db, [topic]);
  logger.info({ topic }, 'removed a device of Home Assistant');
}
