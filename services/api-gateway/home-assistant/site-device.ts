import { createTopics } from '#contract/mqtt-topics';
import { SITE_EVENTS } from '#contract/rotor-state-messages';
import { serviceAt } from '#shared/base/site-name';
import {
  announce,
  deviceId,
  printable,
  type AnnouncedDevice,
  type DiscoverySettings,
  type NewComponent,
} from './component.ts';

/** The device of a site in Home Assistant. */
export function siteDevice(site: { id: number; name: string }, settings: DiscoverySettings): AnnouncedDevice {
  const topics = createTopics(settings.base);
  const state = topics.siteState(site.id);
  const number = (name: string, field: string, icon: string): NewComponent => ({
    p: 'sensor',
    name,
    state_topic: state,
    value_template: `{{ value_json.${field} }}`,
    state_class: 'measurement',
    icon,
  });
  const service = (name: string, id: string): NewComponent => ({
    p: 'binary_sensor',
    name,
    state_topic: topics.serviceStatus(serviceAt(site.name, id)),
    value_template: "{{ 'ON' if value_json.status == 'online' else 'OFF' }}",
    device_class: 'connectivity',
    entity_category: 'diagnostic',
  });
  return announce(
    settings,
    deviceId(settings.base, 'site', site.id),
    { name: `Sky Scan ${printable(site.name)}`, model: 'Site' },
    {
      running: number('Running scans', 'running', 'mdi:radar'),
      paused: number('Paused scans', 'paused', 'mdi:pause'),
      alerts: number('Alerts', 'alerts', 'mdi:alert'),
      events: {
        p: 'event',
        name: 'Events',
        state_topic: topics.siteEvents(site.id),
        event_types: [...SITE_EVENTS],
        icon: 'mdi:bell',
      },
      orchestrator: service('scan-orchestrator', 'scan-orchestrator'),
      driver: service('rotor-driver', 'rotor-driver'),
    },
  );
}
