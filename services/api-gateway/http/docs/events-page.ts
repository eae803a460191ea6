import type { AsyncApiDocument } from './asyncapi.ts';
import type { Html } from './html.ts';
import { header, html, page } from './html.ts';
import { renderFields, typeOf, type Schema } from './schema-html.ts';

/** Renders all WebSockets, topics and messages as a page without scripts. */
export function renderEvents(document: AsyncApiDocument, basePath: string): string {
  const channels = Object.entries(document.channels);
  const messages = Object.values(document.components.messages);
  const { schemas } = document.components;
  return page(
    document.info.title,
    basePath,
    html`${header(
        document.info,
        html`<a href="${basePath}/api/asyncapi.json">AsyncAPI 3.0 document</a> -
          <a href="${basePath}/docs">REST API</a>`,
      )}
      <nav>${channels.map(([name, { address }]) => html`<a href="#channel-${name}">${address}</a> `)}</nav>
      ${Object.entries(document.servers).map(
        ([server, { protocol, description: text }]) =>
          html`<h2>${protocol === 'ws' ? 'WebSockets' : 'MQTT'}</h2>
            <p>${text}</p>
            ${channels
              .filter(([, channel]) => channel.servers.some(({ $ref }) => $ref === `#/servers/${server}`))
              .map(([name]) => renderChannel(document, name))}`,
      )}
      <h2>Messages</h2>
      ${messages.map(
        ({ name, title: messageTitle, summary }) =>
          html`<section id="schema-${name}">
            <h3>${name}</h3>
            <p>${messageTitle}. ${summary}.</p>
            ${renderFields(schemas[name] ?? {})}
          </section>`,
      )}
      <h2>Objects in messages</h2>
      ${Object.entries(schemas)
        .filter(([name]) => !messages.some((message) => message.name === name))
        .map(
          ([name, schema]) =>
            html`<section id="schema-${name}">
              <h3>${name}</h3>
              ${renderFields(schema)}
            </section>`,
        )}`,
  );
}

function renderChannel(document: AsyncApiDocument, name: string): Html | undefined {
  const channel = document.channels[name];
  if (!channel) return undefined;
  const operation = Object.values(document.operations).find(
    ({ channel: { $ref } }) => $ref === `#/channels/${name}`,
  );
  const mqtt = operation?.bindings?.mqtt;
  const query = channel.bindings?.ws.query?.properties ?? {};
  const parameters: [string, string, Schema & { description?: string }][] = [
    ...Object.entries(channel.parameters).map(([parameter, { description }]): [string, string, Schema] => [
      parameter,
      'path',
      { type: 'string', description },
    ]),
    ...Object.entries(query).map(([parameter, schema]): [string, string, Schema] => [
      parameter,
      'query',
      schema,
    ]),
  ];
  return html`<section id="channel-${name}">
    <h3><code>${channel.address}</code></h3>
    <p>${channel.description}.</p>
    ${mqtt && html`<p>QoS ${mqtt.qos}, ${mqtt.retain ? 'retained' : 'not retained'}.</p>`}
    <table>
      <tr>
        <th>Parameter</th>
        <th>In</th>
        <th>Type</th>
        <th>Description</th>
      </tr>
      ${parameters.map(
        ([parameter, location, schema]) =>
          html`<tr>
            <td><code>${parameter}</code></td>
            <td>${location}</td>
            <td>${typeOf(schema)}</td>
            <td>${schema.description}</td>
          </tr>`,
      )}
    </table>
    <table>
      <tr>
        <th>Message</th>
        <th>When</th>
      </tr>
      ${Object.keys(channel.messages).map(
        (message) =>
          html`<tr>
            <td><a href="#schema-${message}">${message}</a></td>
            <td>${document.components.messages[message]?.summary}</td>
          </tr>`,
      )}
    </table>
  </section>`;
}
