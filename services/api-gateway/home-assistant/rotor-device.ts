import type { MqttCommand } from '#contract/command-messages';
import { createTopics, type Topics } from '#contract/mqtt-topics';
import type { RotorScanMessage } from '#contract/rotor-state-messages';
import { SESSION_STATUSES } from '#contract/session-status';
import { serviceAt } from '#shared/base/site-name';
import {
  announce,
  availableWith,
  deviceId,
  printable,
  type AnnouncedDevice,
  type DiscoverySettings,
  type NewComponent,
} from './component.ts';

/** What the device of a rotor shows. */
export interface RotorFacts {
  id: number;
  name: string;
  siteId: number;
  siteName: string;
  unit: RotorScanMessage['unit'];
  /** Commands that clients may send over MQTT. */
  commands: readonly MqttCommand[];
  /** Schedules of the rotor, whose scans can be started. */
  schedules: readonly { id: number; name: string }[];
}

/** Home Assistant lists every component of a device on one page. */
const MAX_START_BUTTONS = 20;

const ICONS: Record<MqttCommand, string> = {
  stop: 'mdi:stop-circle',
  park: 'mdi:parking',
  pause: 'mdi:pause',
  resume: 'mdi:play',
  cancel: 'mdi:close-circle',
  start: 'mdi:radar',
};

/** The device of a rotor in Home Assistant. */
export function rotorDevice(rotor: RotorFacts, settings: DiscoverySettings): AnnouncedDevice {
  const topics = createTopics(settings.base);
  const { gatewayStatus, base } = settings;
  const statusOf = (service: string) => topics.serviceStatus(serviceAt(rotor.siteName, service));
  const withDriver = {
    availability: availableWith(gatewayStatus, statusOf('rotor-driver')),
    availability_mode: 'all',
  } as const;
  const withOrchestrator = {
    availability: availableWith(gatewayStatus, statusOf('scan-orchestrator')),
    availability_mode: 'all',
  } as const;
  return announce(
    settings,
    deviceId(base, 'rotor', rotor.id),
    {
      name: printable(rotor.name),
      model: 'Azimuth-elevation rotator',
      via: deviceId(base, 'site', rotor.siteId),
    },
    {
      ...positionComponents(topics.rotorPosition(rotor.id), withDriver),
      ...scanComponents(topics, rotor, withOrchestrator),
      ...buttons(topics, rotor, withDriver, withOrchestrator),
    },
  );
}

type Availability = Pick<NewComponent, 'availability' | 'availability_mode'>;

function positionComponents(topic: string, available: Availability): Record<string, NewComponent> {
  const angle = (name: string, field: string, icon: string): NewComponent => ({
    p: 'sensor',
    name,
    state_topic: topic,
    value_template: `{{ value_json.${field} }}`,
    unit_of_measurement: '°',
    state_class: 'measurement',
    suggested_display_precision: 1,
    icon,
    ...available,
  });
  return {
    azimuth: angle('Azimuth', 'azimuth', 'mdi:compass'),
    elevation: angle('Elevation', 'elevation', 'mdi:angle-acute'),
    moving: {
      p: 'binary_sensor',
      name: 'Moving',
      state_topic: topic,
      value_template: "{{ 'ON' if value_json.moving else 'OFF' }}",
      device_class: 'moving',
      ...available,
    },
  };
}

function scanComponents(
  topics: Topics,
  rotor: RotorFacts,
  available: Availability,
): Record<string, NewComponent> {
  const topic = topics.rotorScan(rotor.id);
  const notes = topics.rotorNotes(rotor.id);
  return {
    status: {
      p: 'sensor',
      name: 'Scan',
      state_topic: topic,
      value_template: '{{ value_json.status }}',
      device_class: 'enum',
      options: ['idle', ...SESSION_STATUSES],
      json_attributes_topic: notes,
      icon: 'mdi:radar',
      ...available,
    },
    progress: {
      p: 'sensor',
      name: 'Progress',
      state_topic: topic,
      value_template: '{{ value_json.progress_pct }}',
      unit_of_measurement: '%',
      state_class: 'measurement',
      icon: 'mdi:progress-clock',
      ...available,
    },
    eta: {
      p: 'sensor',
      name: 'Expected end',
      state_topic: topic,
      value_template: '{{ value_json.eta }}',
      device_class: 'timestamp',
      ...available,
    },
    level: {
      p: 'sensor',
      name: 'Level',
      state_topic: topic,
      value_template: '{{ value_json.level }}',
      unit_of_measurement: rotor.unit,
      // Home Assistant has no class for dBFS.
      ...(rotor.unit === 'dBm' && { device_class: 'signal_strength' }),
      state_class: 'measurement',
      suggested_display_precision: 1,
      icon: 'mdi:signal',
      ...available,
    },
    suspended: {
      p: 'binary_sensor',
      name: 'Suspended',
      state_topic: topic,
      value_template: "{{ 'ON' if value_json.suspended else 'OFF' }}",
      icon: 'mdi:weather-windy',
      ...available,
    },
    problem: {
      p: 'binary_sensor',
      name: 'Problem',
      state_topic: topic,
      value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
      device_class: 'problem',
      json_attributes_topic: notes,
      ...available,
    },
    map: {
      p: 'image',
      name: 'Map',
      image_topic: topics.rotorMap(rotor.id),
      content_type: 'image/png',
    },
  };
}

function buttons(
  topics: Topics,
  { id, commands, schedules }: RotorFacts,
  withDriver: Availability,
  withOrchestrator: Availability,
): Record<string, NewComponent> {
  const button = (command: MqttCommand, name: string, fields = ''): NewComponent => ({
    p: 'button',
    name,
    command_topic: topics.rotorCommand(id, command),
    command_template: commandTemplate(fields),
    qos: 1,
    retain: false,
    icon: ICONS[command],
    ...(command === 'stop' || command === 'park' ? withDriver : withOrchestrator),
  });
  const names = { stop: 'Stop', park: 'Park', pause: 'Pause', resume: 'Resume', cancel: 'Cancel scan' };
  const fixed = Object.entries(names) as [Exclude<MqttCommand, 'start'>, string][];
  const started = commands.includes('start') ? schedules.slice(0, MAX_START_BUTTONS) : [];
  return Object.fromEntries([
    ...fixed
      .filter(([command]) => commands.includes(command))
      .map(([command, name]) => [command, button(command, name)] as const),
    ...started.map(
      (schedule) =>
        [
          `start_${schedule.id}`,
          button('start', `Start ${printable(schedule.name)}`, `, "schedule_id": ${schedule.id}`),
        ] as const,
    ),
  ]);
}

/** Each press gets an id of its own and its time. */
function commandTemplate(fields: string): string {
  const id = 'ha-{{ utcnow().timestamp() }}-{{ range(1000000) | random }}';
  return `{"id": "${id}", "sent_at": "{{ utcnow().isoformat() }}"${fields}}`;
}
