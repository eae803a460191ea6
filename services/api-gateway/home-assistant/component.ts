import type { HomeAssistantComponent, HomeAssistantDevice } from '#contract/home-assistant';

/** What discovery messages depend on, besides the device. */
export interface DiscoverySettings {
  /** First level of the topics of Home Assistant. */
  prefix: string;
  /** First level of the topics of Sky Scan. */
  base: string;
  /** Status topic of the gateway that publishes the state of the device. */
  gatewayStatus: string;
  version: string;
  /** Address of the dashboard; undefined: not configured. */
  dashboard: string | undefined;
}

/** A device, and where it is announced. */
export interface AnnouncedDevice {
  topic: string;
  message: HomeAssistantDevice;
}

type Availability = HomeAssistantDevice['availability'];

/** `online` while the services of these status topics are connected. */
export function availableWith(...topics: string[]): Availability {
  return topics.map((topic) => ({ topic, value_template: '{{ value_json.status }}' }));
}

/** Identifier of a device: the same after a restart, other than that of another base topic. */
export function deviceId(base: string, kind: 'rotor' | 'site', id: number): string {
  return `${base.replace(/\W/g, '_')}_${kind}_${id}`;
}

export function discoveryTopic(prefix: string, device: string): string {
  return `${prefix}/device/${device}/config`;
}

/** The message of a device; `components` without their ids. */
export function announce(
  settings: DiscoverySettings,
  id: string,
  device: { name: string; model: string; via?: string },
  components: Record<string, WithoutId<HomeAssistantComponent>>,
): AnnouncedDevice {
  const { prefix, version, dashboard, gatewayStatus } = settings;
  return {
    topic: discoveryTopic(prefix, id),
    message: {
      dev: {
        ids: [id],
        name: device.name,
        manufacturer: 'Sky Scan',
        model: device.model,
        sw_version: version,
        ...(device.via !== undefined && { via_device: device.via }),
        ...(dashboard !== undefined && { configuration_url: dashboard }),
      },
      o: { name: 'Sky Scan', sw: version },
      availability: availableWith(gatewayStatus),
      availability_mode: 'all',
      qos: 1,
      cmps: Object.fromEntries(
        Object.entries(components).map(([key, component]) => [
          key,
          { ...component, unique_id: `${id}_${key}` },
        ]),
      ),
    },
  };
}

/** Names may contain line breaks and other unprintable characters. */
export function printable(name: string): string {
  return name.replace(/\p{C}+/gu, ' ').trim() || '-';
}

type WithoutId<T> = T extends { unique_id: string } ? Omit<T, 'unique_id'> : never;
export type NewComponent = WithoutId<HomeAssistantComponent>;
