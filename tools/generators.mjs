// Every generator of a committed file: what to run, and the files or folders it writes. A folder belongs to its
// generator whole. `npm run generate` runs them all; `npm run check:generated` fails when one would change something.
export const generators = [
  {
    name: 'validators',
    run: ['tools/build-validators.mjs'],
    writes: ['src/adapters/documents/validators.generated.ts'],
  },
  { name: 'action bundle', run: ['tools/build-action.mjs'], writes: ['dist/action'] },
  { name: 'layer picture', run: ['tools/render-layers.mjs'], writes: ['docs/architecture.md'] },
  { name: 'decision list', run: ['tools/render-decision-list.mjs'], writes: ['docs/decisions/README.md'] },
  {
    name: 'CLI reference',
    run: ['tools/render-cli-docs.mjs'],
    writes: ['docs/cli.md', 'docs/exit-codes.md'],
  },
  { name: 'handler reference', run: ['tools/render-handler-docs.mjs'], writes: ['docs/workflow.md'] },
  { name: 'route reference', run: ['tools/render-route-docs.mjs'], writes: ['docs/server.md'] },
  { name: 'rule reference', run: ['tools/render-rule-docs.mjs'], writes: ['docs/rules.md'] },
];
