/** The import rules of docs/architecture.md; `npm run lint:walls` checks them. */

const TEST = '\\.test\\.ts$|/testing/';

// The layers of each service from top to bottom. A file imports files of its own folder and of the
// lines below it, and `domain/`; nothing above it and nothing beside it. A name is a folder or a
// file of the service; every one needs a place. Launcher and CLI are programs of one layer, the
// dashboard has a rule of its own.
const LAYERS = {
  'scan-orchestrator': [
    'main',
    'service',
    'config',
    'metrics grpc',
    'clients journal planner publisher',
    'engine',
  ],
  'rotor-driver': ['main', 'service', 'config', 'metrics grpc rotctld disk', 'motion'],
  'sdr-sampler': ['main', 'service', 'config samplers metrics', 'receiver-list', 'grpc receivers', 'engine'],
  'sky-analyst': ['main', 'service', 'config', 'metrics grpc', 'threads'],
  'site-link': ['main', 'service', 'config', 'dial keep-linked serve-link local-services'],
  simulator: [
    'main',
    'service',
    'config',
    'control dongle rotctld mount-file world-file rotctld-follower',
    'engine',
  ],
  // The work of the gateway is to store and to ask: what does it (pointing to recorder) uses SQL and
  // the clients of the other services directly, so these are below it, not beside `http`. A port
  // for every query would only repeat the queries.
  'api-gateway': [
    'main migrate',
    'service',
    'alerting site-work sky-analysis gateway-health gateway-metrics',
    'home-automation',
    'config',
    'live rotctld-front',
    'http',
    'patterns',
    'alerts pointing schedules housekeeping home-assistant commands',
    'scans baselines',
    'searches',
    'bearings calibration identification reconciler rotors',
    'recorder',
    'sites',
    'published-baselines',
    'published published-sources drawing clients',
    'store links metrics drop-log clock-watch',
  ],
};

const filesOf = (service, names) => `^services/${service}/(${names.replaceAll(' ', '|')})(/|\\.ts$)`;

/** One rule for every name: what it may import of its own service. */
function layersOf([service, layers]) {
  const all = layers.join(' ');
  return [
    ...layers.flatMap((layer, index) =>
      layer.split(' ').map((name) => ({
        name: `${service}: ${name} imports downwards`,
        severity: 'error',
        from: { path: filesOf(service, name), pathNot: TEST },
        to: {
          path: `^services/${service}/`,
          pathNot: [filesOf(service, [name, ...layers.slice(index + 1), 'domain'].join(' ')), TEST],
        },
      })),
    ),
    {
      name: `${service}: every folder has a layer`,
      severity: 'error',
      from: {},
      to: { path: `^services/${service}/.*\\.ts$`, pathNot: [filesOf(service, `${all} domain`), TEST] },
    },
  ];
}

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'services-meet-on-the-wire',
      comment:
        'A service imports itself, shared code, the contract, the map and the generated messages; never another service. ' +
        'The tests of the dashboard use the documents and formats that the gateway really sends.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/dashboard/(testing/|.*\\.test\\.ts$)' },
      to: { path: '^services/', pathNot: ['^services/$1/', '^services/(shared|contract|sky-map)/'] },
    },
    ...Object.entries(LAYERS).flatMap(layersOf),
    {
      name: 'domain-is-pure',
      comment:
        'No Node, no package but pure computation, no adapter; ESLint bans clocks, timers and randomness there.',
      severity: 'error',
      from: { path: '^services/([^/]+)/domain/', pathNot: TEST },
      to: {
        pathNot: [
          '^services/$1/domain/',
          '^services/shared/(base|sky|spectrum|pattern)/',
          '^services/contract/(session-status|anomaly-values|alert-placeholders|notifications|rest/(alerts|schedules))\\.ts$',
          'node_modules/(astronomy-engine|croner|ml-levenberg-marquardt|ml-matrix)/',
        ],
      },
    },
    {
      name: 'base-imports-nothing',
      comment: 'Errors, and numbers as text: for every layer.',
      severity: 'error',
      from: { path: '^services/shared/base/', pathNot: TEST },
      to: { pathNot: '^services/shared/base/' },
    },
    {
      name: 'sky-is-pure',
      comment: 'Geometry; packages compute where Sun, Moon and satellites are, and geodesics.',
      severity: 'error',
      from: { path: '^services/shared/sky/', pathNot: TEST },
      to: {
        pathNot: [
          '^services/shared/(sky|base)/',
          'node_modules/(astronomy-engine|satellite\\.js|geographiclib-geodesic)/',
        ],
      },
    },
    {
      name: 'pattern-is-pure',
      comment: 'Antenna patterns as files.',
      severity: 'error',
      from: { path: '^services/shared/pattern/', pathNot: TEST },
      to: { pathNot: '^services/shared/(pattern|base)/' },
    },
    {
      name: 'spectrum-is-pure',
      comment: 'What a spectrum is and how its statistics are computed and stored.',
      severity: 'error',
      from: { path: '^services/shared/spectrum/', pathNot: TEST },
      to: { pathNot: '^services/shared/(spectrum|sky|base)/' },
    },
    {
      name: 'runtime-knows-no-sky',
      comment: 'gRPC, MQTT, files, clocks: nothing of what Sky Scan is about.',
      severity: 'error',
      from: { path: '^services/shared/runtime/', pathNot: TEST },
      to: { path: '^(services|gen)/', pathNot: '^services/shared/(runtime|base)/' },
    },
    {
      name: 'shared-imports-no-service',
      severity: 'error',
      from: { path: '^services/shared/' },
      to: { path: '^services/(?!shared/)' },
    },
    {
      name: 'map-runs-everywhere',
      comment:
        'The map is drawn by the gateway and by browsers: no Node, nothing of a service, no DOM. Its colours are a package.',
      severity: 'error',
      from: { path: '^services/sky-map/', pathNot: TEST },
      to: {
        pathNot: [
          '^services/sky-map/',
          '^services/shared/sky/',
          '^services/contract/map-options\\.ts$',
          'node_modules/(@types/)?d3-scale-chromatic/',
        ],
      },
    },
    {
      name: 'contract-is-schemas',
      comment: 'The contract defines what travels between processes: schemas, types and pure functions.',
      severity: 'error',
      from: { path: '^services/contract/', pathNot: TEST },
      to: { pathNot: ['^services/(contract|shared)/', 'node_modules/zod/', '^net$'] },
    },
    {
      name: 'dashboard-knows-the-public-api-only',
      comment:
        'It runs in a browser: its own code, the map, pure shared code, and the contract; of its schemas the types only, because zod weighs ' +
        'as much as the dashboard.',
      severity: 'error',
      from: { path: '^services/dashboard/', pathNot: TEST },
      to: {
        pathNot: [
          '^services/(dashboard|sky-map)/',
          '^services/shared/(base|sky|spectrum)/',
          // The files are read and written by the gateway.
          '^services/shared/pattern/envelope\\.ts$',
          '^services/contract/(?!rest/|live/(?!read-message|close-codes)|mqtt-|measurement)',
          // The icon that its page and the page of the API documentation share.
          '^services/api-gateway/http/docs/icon\\.svg$',
          '^node_modules/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { path: '^services/', pathNot: TEST },
      to: { path: ['^test/', TEST] },
    },
    {
      name: 'messages-stay-in-adapters',
      comment:
        'Generated gRPC types do not pass beyond what maps them; service.ts names the definitions of the services it serves and calls.',
      severity: 'error',
      from: {
        path: '^services/',
        pathNot: [TEST, '^services/[^/]+/(grpc|clients|disk)/', '^services/shared/rotor/', '/service\\.ts$'],
      },
      to: { path: '^gen/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^gen/'] },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
