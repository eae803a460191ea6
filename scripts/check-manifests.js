// Checks the manifests in deploy/kubernetes without a cluster: the schemas of Kubernetes, and the claims of
// docs/deploy.md. Prints every problem; the exit code is 1 if there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';

const root = join(fileURLToPath(new URL('.', import.meta.url)), '..');
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const folder = 'deploy/kubernetes';
/** @type {string[]} */
const problems = [];
const expect = (/** @type {unknown} */ holds, /** @type {string} */ otherwise) => {
  if (!holds) problems.push(otherwise);
};

const schema = JSON.parse(read('scripts/kubernetes.schema.json'));
// The formats are those of OpenAPI, such as int32.
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false }).addSchema(
  schema,
  'kubernetes',
);
const image = /image: (sky-scan:\S+)/.exec(read('docker-compose.yml'))?.[1];
const variables = new Set(
  [...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name),
);
const manifests = readdirSync(join(root, folder)).flatMap((file) =>
  parseAllDocuments(read(join(folder, file))).map((document) => ({ file, manifest: document.toJS() })),
);
for (const { file, manifest } of manifests) {
  const where = `${file}: ${manifest.kind}`;
  checkSchema(where, manifest);
  const pod = manifest.spec.template?.spec;
  if (pod) checkPod(where, pod);
}
checkSelectors();

for (const problem of problems) console.error(`kubernetes: ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);

/** @param {string} where @param {any} manifest */
function checkSchema(where, manifest) {
  const definition = Object.keys(schema.definitions).find((name) => name.endsWith(`.${manifest.kind}`));
  const validate = definition && ajv.getSchema(`kubernetes#/definitions/${definition}`);
  if (!validate) problems.push(`${where}: no schema`);
  else if (!validate(manifest))
    for (const { instancePath, message, params } of validate.errors ?? [])
      problems.push(`${where}${instancePath}: ${message} ${JSON.stringify(params)}`);
}

/** @param {string} where @param {any} pod */
function checkPod(where, pod) {
  expect(pod.securityContext?.runAsNonRoot === true, `${where}: may run as root`);
  expect(
    pod.automountServiceAccountToken === false,
    `${where}: gets a token of the cluster that it does not need`,
  );
  expect(
    pod.enableServiceLinks === false,
    `${where}: service links set variables with names of our settings`,
  );
  for (const container of pod.containers) {
    const security = container.securityContext ?? {};
    expect(container.image === image, `${where}: the image is not ${image}, as in docker-compose.yml`);
    expect(security.readOnlyRootFilesystem === true, `${where}: the root file system is writable`);
    expect(security.allowPrivilegeEscalation === false, `${where}: may gain privileges`);
    expect(String(security.capabilities?.drop) === 'ALL', `${where}: has capabilities`);
    expect(
      container.resources?.requests && container.resources.limits?.memory,
      `${where}: resources are not limited`,
    );
    const [program, entry = ''] = container.command;
    const source = entry.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    expect(program === 'node' && existsSync(join(root, source)), `${where}: ${entry} does not exist`);
    for (const { name } of container.env)
      expect(
        variables.has(name.replace(/_FILE$/, '')),
        `${where}: docs/configuration.md does not list ${name}`,
      );
  }
}

/** Service and PodDisruptionBudget select the pods of the gateways, and one of these may be absent. */
function checkSelectors() {
  const find = (/** @type {string} */ kind) =>
    manifests.find(({ manifest }) => manifest.kind === kind)?.manifest;
  const { replicas, template, selector } = find('Deployment').spec;
  const labels = template.metadata.labels;
  const budget = find('PodDisruptionBudget').spec;
  for (const [kind, wanted] of [
    ['Deployment', selector.matchLabels],
    ['Service', find('Service').spec.selector],
    ['PodDisruptionBudget', budget.selector.matchLabels],
  ])
    for (const [name, value] of Object.entries(wanted))
      expect(labels[name] === value, `${kind}: selects no pod: ${name}=${value}`);
  expect(budget.minAvailable < replicas, 'PodDisruptionBudget: forbids to drain every node');
  const [{ livenessProbe, readinessProbe, ports }] = template.spec.containers;
  expect(livenessProbe?.httpGet.path === '/health', 'Deployment: the liveness probe is not /health');
  expect(readinessProbe?.httpGet.path === '/ready', 'Deployment: the readiness probe is not /ready');
  const port = ports[0].containerPort;
  for (const probe of [livenessProbe, readinessProbe])
    expect(probe?.httpGet.port === port, `Deployment: a probe does not use port ${port}`);
  expect(find('Service').spec.ports[0].targetPort === port, `Service: does not use port ${port}`);
}
