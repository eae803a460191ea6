/** The walls of the house; `npm run lint` checks them. */
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
    {
      name: 'domain-is-pure',
      comment:
        'Domain code imports domain code and the pure part of the kernel: no Node, no package, no adapter.',
      severity: 'error',
      from: { path: '^services/[^/]+/domain/', pathNot: '\\.test\\.ts$' },
      to: {
        pathNot: [
          '^services/[^/]+/domain/',
          '^services/shared/(base|sky)/',
          '^services/contract/session-status\\.ts$',
        ],
      },
    },
    {
      name: 'map-runs-everywhere',
      comment:
        'The map is drawn by the gateway and by browsers: no Node, nothing of the gateway, no DOM. Its colours are a package.',
      severity: 'error',
      from: { path: '^services/sky-map/', pathNot: '\\.test\\.ts$' },
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
      from: { path: '^services/contract/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^services/(contract|shared)/', 'node_modules/zod/', '^net$'] },
    },
    {
      name: 'kernel-imports-no-service',
      severity: 'error',
      from: { path: '^services/shared/' },
      to: { path: '^services/(?!shared/)' },
    },
    {
      name: 'dashboard-knows-the-public-api-only',
      comment:
        'It runs in a browser: its own code, the drawing of maps, the pure part of the kernel, and types.',
      severity: 'error',
      from: { path: '^services/dashboard/', pathNot: '\\.test\\.ts$|/testing/' },
      to: {
        pathNot: [
          '^services/(dashboard|sky-map)/',
          '^services/shared/(base|sky)/',
          '^services/contract/(client/api-client|client/api-error|session-status|scan-modes|map-options|http-headers|page-addresses|fault-text)\\.ts$',
          '^services/api-gateway/http/docs/icon\\.svg$',
          '^node_modules/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { path: '^services/', pathNot: '\\.test\\.ts$' },
      to: { path: ['^test/', '\\.test\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|gen)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
