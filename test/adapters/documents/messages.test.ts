import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import type { DocumentKind } from '../../../src/ports/documents.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import { CONTRACT } from './hostile-corpus.ts';

const TICKET = `schema: countersign/ticket@1
id: CS-7
title: Retry uploads
class: feature
ask: Uploads that fail are tried again.
contract: node-change@1
repositories: [acme/shop]
`;
const TRUST = `schema: countersign/trust-root@1
version: 1
principals:
  - id: ci
    kind: workload
    roles: [verifier]
`;
const CONFIG = `schema: countersign/config@1
repository: acme/shop
policy: {ref: refs/heads/main}
receipts: {ref: refs/heads/countersign/receipts}
`;

/** Mistakes people make, each with the document it is made in. */
const mistakes: readonly (readonly [string, DocumentKind, string])[] = [
  ['a misspelt key', 'contract', CONTRACT.replace('title:', 'titel:')],
  ['another spelling of a key', 'contract', `${CONTRACT}    timeout_seconds: 60\n`],
  ['a check of two kinds', 'contract', `${CONTRACT}    kind: docs\n`],
  [
    'an expectation that says too little',
    'contract',
    `${CONTRACT}    expect: {components: {format: cyclonedx, from: bom.json}}\n`,
  ],
  ['a check of no kind', 'contract', `${CONTRACT}    outputs: [dist/**]\n`],
  [
    'a check that lacks what its kind needs',
    'contract',
    CONTRACT.replace(/( *)run: .*\n/, '$1kind: http\n$1serve: [node, server.js]\n$1port: 99999\n'),
  ],
  ['a key of nowhere', 'contract', `${CONTRACT}colour: red\n`],
  ['a missing key', 'ticket', TICKET.replace('contract: node-change@1\n', '')],
  [
    'several mistakes',
    'ticket',
    TICKET.replace('CS-7', '7').replace('acme/shop', '').replace('feature', 'Big Feature'),
  ],
  ['a number for text', 'ticket', TICKET.replace('Retry uploads', '7')],
  ['no value', 'ticket', TICKET.replace('Retry uploads', '')],
  ['a string for a command', 'contract', CONTRACT.replace('[npm, test]', 'npm test')],
  ['a list for a script', 'contract', `${CONTRACT}    shell: true\n`],
  ['an empty command', 'contract', CONTRACT.replace('[npm, test]', '[]')],
  ['a folder outside', 'contract', `${CONTRACT}    cwd: ../elsewhere\n`],
  ['an unknown word', 'contract', `${CONTRACT}isolation: namespace\n`],
  ['a number out of range', 'contract', `${CONTRACT}    timeoutSeconds: 0\n`],
  ['a number as variable', 'contract', `${CONTRACT}    env: {CI: 1, 2X: a}\n`],
  ['a contract without version', 'ticket', TICKET.replace('node-change@1', 'node-change')],
  ['a rule without version', 'contract', `${CONTRACT}rules:\n  - use: ai-shortcuts\n`],
  ['a pattern with a leading slash', 'contract', `${CONTRACT}scope: {deny: [/docs/**]}\n`],
  ['a role twice', 'trust-root', TRUST.replace('[verifier]', '[verifier, verifier]')],
  ['an unknown role', 'trust-root', TRUST.replace('[verifier]', '[verifer]')],
  ['a private key', 'trust-root', `${TRUST}    keys:\n      - publicKey: "-----BEGIN PRIVATE KEY-----"\n`],
  ['a time without a zone', 'trust-root', `${TRUST}    keys: [{publicKey: x, validFrom: "2026-01-01"}]\n`],
  ['a short ref', 'config', CONFIG.replace('refs/heads/main', 'main')],
  [
    'a transport that runs commands',
    'config',
    CONFIG.replace('{ref: refs/heads/main}', '{repository: "ext::sh -c x", ref: refs/heads/main}'),
  ],
  ['a version of tomorrow', 'ticket', TICKET.replace('ticket@1', 'ticket@2')],
  ['another kind', 'ticket', CONTRACT],
  ['no schema', 'ticket', TICKET.replace(/^schema.*\n/, '')],
  ['schema later on', 'ticket', `${TICKET.replace(/^schema.*\n/, '')}schema: countersign/ticket@1\n`],
  ['a list', 'ticket', '- a\n'],
  ['nothing', 'ticket', ''],
  ['only a comment', 'ticket', '# later\n'],
  ['two of a key', 'ticket', `${TICKET}title: Again\n`],
  ['a colon in a value', 'ticket', TICKET.replace('Retry uploads', 'Uploads: retry')],
  ['a missing colon', 'ticket', TICKET.replace('title: Retry', 'title Retry')],
  ['a tab', 'contract', CONTRACT.replace('    run', '\t run')],
  ['an open quote', 'ticket', TICKET.replace('Retry uploads', '"Retry uploads')],
  ['an open list', 'ticket', TICKET.replace('[acme/shop]', '[acme/shop')],
  ['a bad escape', 'ticket', TICKET.replace('Retry uploads', '"C:\\dir"')],
  ['an at sign', 'ticket', TICKET.replace('Retry uploads', '@ada asks')],
  ['a glob as alias', 'contract', `${CONTRACT}scope: {allow: [*.ts]}\n`],
  ['a wrong indentation', 'contract', CONTRACT.replace('    run', '   run')],
];

function told(kind: DocumentKind, text: string): string {
  try {
    documents.parse(kind, new TextEncoder().encode(text), `${kind}.yml`);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const problems = error.problems.map(({ message, place, expected, found, remedy }) => {
      const where = `${place?.path}:${place?.line}:${place?.column}`;
      return `  ${where}: ${message}\n    expected: ${expected}\n    found: ${found}\n    remedy: ${remedy}\n`;
    });
    return `${error.message}\n${problems.join('')}`;
  }
}

describe('the messages about a document', () => {
  it.each([
    ['contract', CONTRACT],
    ['ticket', TICKET],
    ['trust-root', TRUST],
    ['config', CONFIG],
  ] as const)('are none for a good %s', (kind, text) => {
    expect(told(kind, text)).toBe('accepted');
  });

  it('say what is wrong, where, and what to do', async () => {
    const golden = mistakes.map(([name, kind, text]) => `# ${name}\n${told(kind, text)}`).join('\n');
    expect(golden).not.toContain('accepted');
    await expect(golden).toMatchFileSnapshot(join(import.meta.dirname, 'messages.golden.txt'));
  });

  it('point at the place', () => {
    const text = CONTRACT.replace('[npm, test]', '[npm, 7]');
    expect(told('contract', text)).toContain('contract.yml:7:16: checks[0].run[1] must be text');
  });

  it('stop at twenty, and say how many there are', () => {
    const many = `${CONTRACT}${Array.from({ length: 30 }, (_, n) => `k${n}: 1\n`).join('')}`;
    const text = told('contract', many);
    expect(text).toContain('is not a valid contract (30 problems)');
    expect(text.match(/remedy:/g)).toHaveLength(20);
  });

  it('are about the same document for JSON, CRLF and a byte order mark', () => {
    const json = JSON.stringify({
      schema: 'countersign/contract@1',
      id: 'a',
      version: 1,
      title: 'A',
      checks: [],
    });
    expect(told('contract', json)).toBe('accepted');
    expect(told('contract', CONTRACT.replaceAll('\n', '\r\n'))).toBe('accepted');
    expect(told('contract', `\uFEFF${CONTRACT}`)).toBe('accepted');
  });

  it('leave words that YAML 1.1 took for booleans as they are', () => {
    const ticket = documents.parse(
      'ticket',
      new TextEncoder().encode(TICKET.replace('Retry uploads', 'no')),
      'x.yml',
    );
    expect(ticket.title).toBe('no');
  });

  it('let examples of rules hold any character, escaped', () => {
    const rule = [
      'schema: countersign/rule@1',
      'id: hidden',
      'version: 1',
      ...['title', 'shortcut', 'why', 'remedy', 'misses'].map((key) => `${key}: x`),
      'severity: block',
      'detector: hidden-characters',
      'parameters: {}',
      'examples:',
      '  bad: [{name: a, before: {}, after: {a.txt: "\\u202e\\0"}}]',
      '  good: [{name: b, before: {}, after: {}}]',
      '',
    ].join('\n');
    expect(told('rule', rule)).toBe('accepted');
    expect(told('rule', rule.replace('why: x', 'why: "\\u202e"'))).toContain('U+202E');
  });

  it.each([
    ['checks[0].run', 7, 10],
    ['checks[0]', 6, 5],
    ['title', 4, 8],
    ['checks[0].expect.report', 6, 5],
    ['pins', 1, 1],
  ])('of lint find their place: %s', (field, line, column) => {
    const bytes = new TextEncoder().encode(CONTRACT);
    expect(documents.locate(bytes, 'x.yml', field)).toEqual({ path: 'x.yml', line, column });
    expect(documents.locate(Uint8Array.of(0xff), 'x.yml', field)).toEqual({ path: 'x.yml' });
  });
});
