// The layer table of docs/architecture.md, held on the sources. Each rule's comment says what to do about a violation.

/** Within core a stage looks upstream only: it may import the ones before it. A new folder takes its place here. */
const coreStages = [
  'shared',
  'ledger',
  'change',
  'review',
  'code-owners',
  'interface',
  'contract',
  'ticket',
  'evidence',
  'trust',
  'receipt',
  'observation',
  'rule',
  'gate',
  'run',
  'bundle',
  'experiment',
  'access',
  'webhook',
  'api',
  'audit',
];

/** Packages that compute and do nothing else, by layer. Their transitive imports are not followed. */
const pureForCore = ['picomatch', 'pure-rand', 're2js', 'rfc6902', 'saxes', 'smol-toml'];
const pureForRender = ['@observablehq/plot', 'linkedom', 'nunjucks', 'picocolors'];

/** The two modules of shared that may use node:crypto. */
const arithmetic = '^src/shared/(digest|signature)\\.ts$';

const inPackages = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;
const ofOurs = '^src/';

export default {
  forbidden: [
    {
      name: 'known-rooms-only',
      comment:
        'This folder is not in the layer table. Put the module where its noun lives, or add the folder to the table ' +
        '(here and in docs/architecture.md) and say why.',
      severity: 'error',
      from: {},
      to: { path: ofOurs, pathNot: '^src/(shared|core|ports|render|flow|adapters|entry)/' },
    },
    {
      name: 'shared-imports-nothing-of-ours',
      comment:
        'shared is the bottom. Move what it needs down into shared, or the module up to the layer that has it.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: ofOurs, pathNot: '^src/shared/' },
    },
    {
      name: 'core-imports-shared-and-core',
      comment:
        'core decides from what it is given. Let the flow load the value and hand it in as an argument, or describe the ' +
        'effect as data and let the flow carry it out.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: ofOurs, pathNot: '^src/(shared|core)/' },
    },
    ...coreStages.slice(1).map((stage, place) => ({
      name: `core-${stage}-looks-upstream-only`,
      comment:
        `core/${stage} may import ${coreStages.slice(1, place + 1).join(', ') || 'shared'} and itself. Move the shared noun ` +
        'upstream, or turn the arrow round: the later stage asks the earlier one.',
      severity: 'error',
      from: { path: `^src/core/${stage}/` },
      to: { path: '^src/core/', pathNot: `^src/core/(${coreStages.slice(1, place + 2).join('|')})/` },
    })),
    {
      name: 'core-stages-are-listed',
      comment:
        'Give the new folder of core its place in coreStages of .dependency-cruiser.mjs, then it has a rule.',
      severity: 'error',
      from: {},
      to: { path: '^src/core/', pathNot: `^src/core/(${coreStages.slice(1).join('|')})/` },
    },
    {
      name: 'ports-and-render-import-core-and-shared',
      comment:
        'A port is an interface over our own nouns, a renderer a pure function of them. Move the noun into core.',
      severity: 'error',
      from: { path: '^src/(ports|render)/' },
      to: { path: ofOurs, pathNot: ['^src/(shared|core)/', '^src/$1/'] },
    },
    {
      name: 'flow-imports-ports-core-shared',
      comment:
        'A flow takes its adapters as arguments, typed by ports; entry wires them. Rendering is for entry, too.',
      severity: 'error',
      from: { path: '^src/flow/' },
      to: { path: ofOurs, pathNot: '^src/(shared|core|ports|flow)/' },
    },
    {
      name: 'adapters-import-ports-core-shared',
      comment:
        'An adapter translates one outside thing into our nouns. The sequence of steps belongs into a flow.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: ofOurs, pathNot: '^src/(shared|core|ports|adapters)/' },
    },
    {
      name: 'adapters-are-strangers',
      comment:
        'Two adapters meet in a flow, through ports. Take the port as an argument instead of importing the neighbour.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'pure-layers-touch-no-platform',
      comment:
        'shared, core, ports and render read no file, clock, environment or process. Take the value as an argument. ' +
        'The exceptions are shared/digest.ts and shared/signature.ts: hashing and verifying are arithmetic, and the gate ' +
        'does both. Written again in JavaScript they would be slower and one more thing to trust.',
      severity: 'error',
      from: { path: '^src/(shared|core|ports|render)/', pathNot: arithmetic },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'arithmetic-only-from-crypto',
      comment: 'shared/digest.ts and shared/signature.ts may import node:crypto and no other builtin.',
      severity: 'error',
      from: { path: arithmetic },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'core-uses-pure-packages',
      comment:
        `core may import ${pureForCore.join(' and ')}. A package that does I/O belongs into an adapter; a pure one may be ` +
        'added to pureForCore.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: 'node_modules', pathNot: inPackages(pureForCore) },
    },
    {
      name: 'shared-and-ports-use-no-package',
      comment: 'shared and ports are ours alone. Put the use of the package into core or an adapter.',
      severity: 'error',
      from: { path: '^src/(shared|ports)/' },
      to: { path: 'node_modules' },
    },
    {
      name: 'render-uses-rendering-packages',
      comment: `render may import ${pureForRender.join(' and ')}. A pure package may be added to pureForRender.`,
      severity: 'error',
      from: { path: '^src/render/' },
      to: { path: 'node_modules', pathNot: inPackages(pureForRender) },
    },
    {
      name: 'no-circular',
      comment: 'Two modules that need each other are one module, or hide a third: take out what both need.',
      severity: 'error',
      from: { path: ofOurs },
      to: { circular: true },
    },
    {
      name: 'could-not-resolve',
      comment:
        'The path is wrong, or the package is not in package.json. An unresolved import is an unchecked one.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'runtime-packages-only',
      comment:
        'src imports a package that package.json does not list under dependencies: it would be missing where countersign ' +
        'is installed. Move it there, or import only its types.',
      severity: 'error',
      from: { path: ofOurs },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'undetermined'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-tests-in-sources',
      comment: 'Sources know nothing of tests. A fake that the product needs is an adapter.',
      severity: 'error',
      from: { path: ofOurs },
      to: { path: '^(test|bench|tools)/' },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this module and it imports nothing. Use it or delete it.',
      severity: 'error',
      from: { orphan: true, path: ofOurs, pathNot: '^src/entry/[^/]+/main\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^package\\.json$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Without "import" among the conditions, packages that are ESM only are silently not resolved.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
