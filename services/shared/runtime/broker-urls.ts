import { z } from 'zod';

const DEFAULT_PORTS = { mqtt: 1883, tcp: 1883, mqtts: 8883, ssl: 8883, ws: 80, wss: 443 };
type Protocol = keyof typeof DEFAULT_PORTS;

const HINT = 'must look like mqtt://host:1883';

/** `MQTT_URL`: one URL, or several with the same login and path, separated by commas. */
export const brokerUrls = z.string().superRefine((text, context) => {
  const urls = text.split(',');
  if (urls.some((url) => !URL.canParse(url) || !isProtocol(new URL(url).protocol.slice(0, -1))))
    context.addIssue(HINT);
  else if (new Set(urls.map(sharedPart)).size > 1)
    context.addIssue('must have the same user, password and path in all URLs');
});

/**
 * The first URL, and all servers if there are several, in the form of mqtt.js, which takes login
 * and path from the URL.
 */
export function parseBrokerUrls(text: string): { url: string; servers?: BrokerServer[] } {
  const urls = text.split(',');
  const url = urls[0] ?? text;
  return urls.length > 1 ? { url, servers: urls.map(serverOf) } : { url };
}

interface BrokerServer {
  host: string;
  port: number;
  protocol: Protocol;
}

function serverOf(url: string): BrokerServer {
  const { protocol: scheme, hostname, port } = new URL(url);
  const protocol = scheme.slice(0, -1) as Protocol;
  // Without the brackets of an IPv6 address.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? DEFAULT_PORTS[protocol] : Number(port), protocol };
}

function isProtocol(name: string): name is Protocol {
  return Object.keys(DEFAULT_PORTS).includes(name);
}

function sharedPart(url: string): string {
  const { username, password, pathname } = new URL(url);
  return [username, password, pathname.replace(/^\/$/, '')].join(' ');
}
