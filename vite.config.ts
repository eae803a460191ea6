import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defaultClientConditions, defineConfig, type Plugin, type Rolldown } from 'vite';

// Sizes are gzipped, without the font. What a phone in the garden loads before it shows a page: the
// document, the style sheet and all scripts of the page.
const FIRST_LOAD_KB = 150;
// A script that loads later, with the modules that only it needs: by name, else the usual limit.
const LATER_KB: Record<string, number> = { usual: 25, SpectrumTab: 20, SourcesTab: 12, PatternTab: 15 };

/** The dashboard. `scripts/setup.js` says where it goes. */
export default defineConfig({
  root: fileURLToPath(new URL('services/dashboard', import.meta.url)),
  // Relative: a proxy may serve the page under a path of its own.
  base: './',
  publicDir: false,
  cacheDir: fileURLToPath(new URL('node_modules/.cache/vite', import.meta.url)),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), preload(), weigh()],
  // `#shared/*` are the sources, as for tests.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // The content security policy allows neither scripts in the page nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // One style sheet, which the page names: no script waits for another one.
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    // On a busy machine every build would be told to be slow.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      // On the first load a request takes longer than its bytes, so there are two scripts: the main
      // script, which sends the requests for data, and all that the map of a session needs. Other
      // pages share the second one.
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'first',
              test: /dashboard\/(main|routes|lib\/(prefetch|paths|storage|hash-location|loaded-pages|document-loaded))\.ts$|page-addresses|preload-helper/,
              priority: 3,
            },
            {
              name: 'map',
              test: /dashboard\/(mount|sessions\/(HomePage|SessionPage)\.svelte$)/,
              priority: 2,
            },
            // The marks on the map of a session need only the first of these.
            { name: 'source-text', test: /dashboard\/sources\/(source-text|symbols)\.ts/, priority: 1.5 },
            // Charts and form fields, without the rest of what pages share.
            {
              name: 'chart',
              test: /dashboard\/analysis\/(Chart\.svelte|chart-style|load-uplot|recompute|descriptions)/,
              minShareCount: 2,
              priority: 1.4,
            },
            {
              name: 'fields',
              test: /parts\/NumberField\.svelte|contract\/ids\.ts/,
              minShareCount: 2,
              priority: 1.3,
            },
            { name: 'source-tables', test: /dashboard\/sources\//, minShareCount: 2, priority: 1.2 },
            // What the pages of Watch share with the changes of a session.
            {
              name: 'watch-parts',
              test: /dashboard\/(alerts|baselines|watch)\/|parts\/(ApiPicture|StateMark)|lib\/cell-values/,
              minShareCount: 2,
              priority: 1.2,
            },
            { name: 'compared-map', test: /archive\/(ComparedMap|ranges)/, minShareCount: 2, priority: 1.2 },
            { name: 'common', test: /services\/|node_modules\/svelte/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});

/**
 * The document names the scripts of the map, so that they load at once. The script of another page
 * follows when main.ts has read the address.
 */
function preload(): Plugin {
  return {
    name: 'sky-scan:preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const known = closureOf(bundle, named(bundle, 'first'));
        return [...closureOf(bundle, named(bundle, 'map'))]
          .filter((name) => !known.has(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
            injectTo: 'head',
          }));
      },
    },
  };
}

/** Prints the sizes of the pages and of later scripts; refuses those over their limit. */
function weigh(): Plugin {
  return {
    name: 'sky-scan:weigh',
    apply: 'build',
    // After the plugins that add the style sheet and the page.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const kB = (names: Iterable<string>) =>
          [...names].reduce((sum, name) => sum + gzippedBytes(bundle[name]), 0) / 1000;
        const first = closureOf(bundle, named(bundle, 'first'));
        const map = named(bundle, 'map');
        if (first.size === 0 || map.length === 0) this.error('the scripts of the first load are missing');
        const pages = [...first]
          .flatMap((name) => dynamicImportsOf(bundle[name]))
          .filter((name) => !map.includes(name));
        const always = closureOf(bundle, [...first, ...map]);
        for (const name of Object.keys(bundle)) if (/\.(css|html)$/.test(name)) always.add(name);

        const largest = pages
          .map((page) => ({
            name: nameOf(bundle[page]),
            kB: kB(new Set([...always, ...closureOf(bundle, [page])])),
          }))
          .reduce((a, b) => (b.kB > a.kB ? b : a));
        const text = `${kB(always).toFixed(1)} kB gzipped, with ${largest.name} ${largest.kB.toFixed(1)}`;
        console.log(`sky-scan: dashboard: first load ${text} (at most ${FIRST_LOAD_KB})`);
        if (largest.kB > FIRST_LOAD_KB) this.error(`the first load of ${largest.name} is too large`);

        for (const [importer, file] of Object.entries(bundle)) {
          if (first.has(importer)) continue;
          const known = new Set([...always, ...closureOf(bundle, [importer])]);
          for (const later of dynamicImportsOf(file)) {
            const name = nameOf(bundle[later]);
            // A style sheet, which is part of the one of the first load.
            if (name === '') continue;
            const size = kB([...closureOf(bundle, [later])].filter((one) => !known.has(one)));
            const limit = LATER_KB[name] ?? LATER_KB['usual'] ?? 0;
            console.log(`sky-scan: dashboard: then ${name} ${size.toFixed(1)} kB (at most ${limit})`);
            if (size > limit) this.error(`${name} is too large`);
          }
        }
      },
    },
  };
}

type Bundle = Rolldown.OutputBundle;

/** The script of a group: empty if there is none. */
function named(bundle: Bundle, name: string): string[] {
  return Object.keys(bundle).filter((file) => nameOf(bundle[file]) === name);
}

/** A chunk's own name, `SessionPage`. */
function nameOf(file: Bundle[string] | undefined): string {
  return file?.type === 'chunk' ? file.name.replace(/\..*/, '') : '';
}

function dynamicImportsOf(file: Bundle[string] | undefined): string[] {
  return file?.type === 'chunk' ? file.dynamicImports : [];
}

/** Scripts and everything they import statically. */
function closureOf(bundle: Bundle, names: readonly string[]): Set<string> {
  const found = new Set(names);
  // The set grows while it is read.
  for (const name of found) {
    const file = bundle[name];
    if (file?.type === 'chunk') for (const other of file.imports) found.add(other);
  }
  return found;
}

function gzippedBytes(file: Bundle[string] | undefined): number {
  if (!file) return 0;
  return gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
}
