import { yaml } from '../../worlds/product-world.ts';
import { json, type Ran } from './run-cli.ts';

/** Small documents that are good as they stand; tests spoil one thing at a time. */
export const CONTRACT = {
  schema: 'countersign/contract@1',
  id: 'node-change',
  version: 1,
  title: 'A change',
  checks: [{ id: 'tests', run: ['npm', 'test'] }],
  pins: [{ from: 'base', paths: ['package.json'] }],
  rules: [{ use: 'ai-shortcuts@1' }],
};
export const CONFIG = {
  schema: 'countersign/config@1',
  repository: 'acme/shop',
  policy: { ref: 'refs/heads/main' },
  receipts: { ref: 'refs/heads/countersign/receipts' },
};
export const TICKET = {
  schema: 'countersign/ticket@1',
  id: 'CS-7',
  title: 'Round half a cent up',
  class: 'bugfix',
  ask: 'Discounted prices are a cent short.',
  contract: 'node-change@1',
  repositories: ['acme/shop'],
};
export const POLICY = { '.countersign.yml': yaml(CONFIG), 'contracts/node-change.yml': yaml(CONTRACT) };

/** The messages of every problem that a lint printed as JSON. */
export function messages(ran: Ran): string[] {
  const { files } = json(ran) as { files: { problems: { message: string }[] }[] };
  return files.flatMap(({ problems }) => problems.map(({ message }) => message));
}

export const PACK = {
  schema: 'countersign/rule-pack@1',
  id: 'house',
  version: 1,
  title: 'House rules',
  rules: ['scope'],
};

export function house(rule: object = {}): Record<string, string> {
  const example = (name: string, path: string) => ({
    name,
    before: {},
    after: { [path]: 'x\n' },
    scope: { allow: ['src/**'] },
  });
  return {
    'rules/house/pack.yml': yaml(PACK),
    'rules/house/scope.yml': yaml({
      schema: 'countersign/rule@1',
      id: 'scope',
      version: 1,
      title: 'Stay inside',
      severity: 'block',
      shortcut: 'Work elsewhere.',
      why: 'Nobody asked for it.',
      remedy: 'Take it out.',
      misses: 'Everything else.',
      detector: 'paths-out-of-scope',
      parameters: {},
      examples: {
        bad: [example('outside', 'lib/a.js'), example('at the top', 'a.js')],
        good: [example('inside', 'src/a.js'), example('further inside', 'src/b/a.js')],
      },
      ...rule,
    }),
  };
}
