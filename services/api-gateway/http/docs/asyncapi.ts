import { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { LIVE_CHANNELS, liveAddress, type LiveChannel } from '#contract/live/channels';
import { CLOSE } from '#contract/live/close-codes';
import { MQTT_COMMANDS } from '#contract/command-messages';
import { MQTT_TOPICS, type MqttTopic } from '#contract/mqtt-topics';
import { VERSION } from '#shared/runtime/version';
import type { Schema } from './schema-html.ts';

interface Reference {
  $ref: string;
}

interface Channel {
  address: string;
  description: string;
  servers: Reference[];
  parameters: Record<string, { description: string }>;
  messages: Record<string, Reference>;
  bindings?: { ws: { method: 'GET'; query?: Schema; bindingVersion: string } };
}

interface Message {
  name: string;
  title: string;
  /** When it is sent. */
  summary: string;
  contentType: string;
  payload: Reference;
}

interface Operation {
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  messages: Reference[];
  bindings?: { mqtt: { qos: number; retain: boolean; bindingVersion: string } };
}

interface Server {
  host: string;
  pathname?: string;
  variables: Record<string, { default: string; description: string }>;
  protocol: 'ws' | 'mqtt';
  protocolVersion?: string;
  description: string;
  security: Reference[];
}

/** The parts of AsyncAPI 3.0 in use. */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string };
  defaultContentType: string;
  servers: Record<string, Server>;
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: {
    messages: Record<string, Message>;
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, object>;
  };
}

const DESCRIPTION = `Messages of Sky Scan over WebSockets and MQTT. Each message is one JSON object.
Angles are in degrees, azimuth clockwise from true north, elevation above the horizon; above 90 of a mount that has turned over, whose
beam is at azimuth + 180, 180 - elevation. Levels are in dBm, or in dBFS if they are not calibrated.
Later versions may add fields: ignore unknown fields.`;

const WEB_SOCKET = `WebSockets of the API. Messages from clients are ignored. Close codes: ${CLOSE.normal} the session has ended,
${CLOSE.goingAway} the server is stopping, ${CLOSE.tooSlow} the client is too slow (reconnect, with ?after=N for a session), ${CLOSE.unknown} no such session or rotor.`;

const BROKER = `MQTT 3.1.1. A point or a status may arrive twice or, after an outage, not at all; the API has all of them.`;

const PARAMETERS: Record<string, string> = {
  session_id: 'ID of the session',
  rotor_id: 'ID of the rotor',
  alert_id: 'ID of the alert',
  site_id: 'ID of the site',
  command: MQTT_COMMANDS.join(', '),
  device_id: 'Identifier of the device',
  service_name: 'api-gateway, scan-orchestrator, rotor-driver or sdr-sampler',
};

/** AsyncAPI 3.0, generated from the schemas that validate the messages. */
export function createAsyncApiDocument(basePath = '', mqttBaseTopic = 'skyscan'): AsyncApiDocument {
  const live = Object.entries<LiveChannel>(LIVE_CHANNELS);
  const topics = Object.entries<MqttTopic>(MQTT_TOPICS);
  const messages = [
    ...live.flatMap(([, channel]) => channel.messages.map(({ payload, when }) => toMessage(payload, when))),
    ...topics.map(([, { payload, when, contentType }]) => toMessage(payload, when, contentType)),
  ];
  return {
    asyncapi: '3.0.0',
    info: { title: 'Sky Scan messages', version: VERSION, description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: servers(basePath),
    channels: {
      ...Object.fromEntries(live.map(([name, channel]) => [`${name}Live`, liveChannel(channel)])),
      ...Object.fromEntries(topics.map(([name, topic]) => [name, mqttChannel(topic, mqttBaseTopic)])),
    },
    operations: {
      ...Object.fromEntries(live.map(([name, channel]) => [`send.${name}Live`, sendLive(name, channel)])),
      ...Object.fromEntries(
        topics.map(([name, topic]) => [
          `${topic.isReceived ? 'receive' : 'publish'}.${name}`,
          mqttOperation(name, topic),
        ]),
      ),
    },
    components: {
      messages: Object.fromEntries(messages.map((message) => [message.name, message])),
      schemas: schemasOf([
        ...live.flatMap(([, channel]) => channel.messages.map(({ payload }) => payload)),
        ...topics.map(([, { payload }]) => payload),
      ]),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'Only if API_KEYS is configured' },
        apiKeyHeader: {
          type: 'httpApiKey',
          in: 'header',
          name: 'X-API-Key',
          description:
            'The same key; in a browser, as the subprotocol new WebSocket(url, ["skyscan", "bearer.KEY"])',
        },
        mqttLogin: { type: 'userPassword', description: 'If the broker requires a login' },
      },
    },
  };
}

/** The message id of a schema. */
function nameOf(payload: z.ZodType): string {
  const { id } = payload.meta() ?? {};
  if (id === undefined) throw new Error('a message schema has no id');
  return id;
}

function toMessage(payload: z.ZodType, when: string, contentType = 'application/json'): Message {
  const name = nameOf(payload);
  return {
    name,
    title: payload.description ?? name,
    summary: when,
    contentType,
    payload: { $ref: `#/components/schemas/${name}` },
  };
}

function servers(basePath: string): AsyncApiDocument['servers'] {
  const host = (port: number, description: string) => ({
    host: '{host}',
    variables: { host: { default: `127.0.0.1:${port}`, description } },
  });
  return {
    gateway: {
      ...host(8080, 'Address of the API'),
      ...(basePath !== '' && { pathname: basePath }),
      protocol: 'ws',
      description: WEB_SOCKET,
      security: ['apiKey', 'apiKeyHeader'].map((name) => ({ $ref: `#/components/securitySchemes/${name}` })),
    },
    broker: {
      ...host(1883, 'Address of the broker (MQTT_URL)'),
      protocol: 'mqtt',
      protocolVersion: '3.1.1',
      description: BROKER,
      security: [{ $ref: '#/components/securitySchemes/mqttLogin' }],
    },
  };
}

function liveChannel(channel: LiveChannel): Channel {
  const hasQuery = Object.keys(channel.query.shape).length > 0;
  return {
    address: liveAddress(channel),
    description: channel.description,
    servers: [{ $ref: '#/servers/gateway' }],
    parameters: parametersOf([channel.parameter]),
    messages: referencesTo(channel.messages.map(({ payload }) => payload)),
    bindings: {
      ws: {
        method: 'GET',
        ...(hasQuery && { query: queryOf(channel.query) }),
        bindingVersion: '0.1.0',
      },
    },
  };
}

/** Parameters in the form that the address has. */
function queryOf(query: z.ZodObject): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(query, { target: 'draft-7', io: 'input' });
  return schema as Schema;
}

function mqttChannel({ address, isAbsolute, payload, when }: MqttTopic, baseTopic: string): Channel {
  return {
    address: isAbsolute ? address : `${baseTopic}/${address}`,
    description: when,
    servers: [{ $ref: '#/servers/broker' }],
    parameters: parametersOf([...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)),
    messages: referencesTo([payload]),
  };
}

function sendLive(name: string, { messages, description }: LiveChannel): Operation {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${name}Live` },
    summary: description,
    messages: messages.map(({ payload }) => ({ $ref: `#/channels/${name}Live/messages/${nameOf(payload)}` })),
  };
}

function mqttOperation(name: string, { payload, qos, retained, when, isReceived }: MqttTopic): Operation {
  return {
    action: isReceived ? 'receive' : 'send',
    channel: { $ref: `#/channels/${name}` },
    summary: when,
    messages: [{ $ref: `#/channels/${name}/messages/${nameOf(payload)}` }],
    bindings: { mqtt: { qos, retain: retained, bindingVersion: '0.2.0' } },
  };
}

function parametersOf(names: string[]): Channel['parameters'] {
  return Object.fromEntries(names.map((name) => [name, { description: PARAMETERS[name] ?? '' }]));
}

function referencesTo(payloads: z.ZodType[]): Record<string, Reference> {
  return Object.fromEntries(
    payloads.map(nameOf).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  );
}

function schemasOf(payloads: z.ZodType[]): Record<string, Schema> {
  const definitions = payloads.map((schema) => ({ type: 'schema' as const, schema }));
  const { components } = new OpenApiGeneratorV31(definitions).generateComponents();
  return components?.schemas ?? {};
}
