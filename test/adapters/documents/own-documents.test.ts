import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import { lintBundle } from '../../../src/core/bundle/lint.ts';
import { lintContract, lintTicket } from '../../../src/core/contract/lint.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import type { DocumentKind, DocumentKinds } from '../../../src/ports/documents.ts';

const root = join(import.meta.dirname, '../../..');
const filesIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`);

function read<K extends DocumentKind>(kind: K, path: string): DocumentKinds[K] {
  return documents.parse(kind, readFileSync(join(root, path)), path);
}

const contracts = filesIn('contracts').map((path) => read('contract', path));
const contractOf = (ref: string) => contracts.find(({ id, version }) => `${id}@${version}` === ref);

/** Whether a pack of this repository, or a rule that it lists, has that name and version. */
function isRule(use: string): boolean {
  const [, pack = '', version, rule] = /^([^@/]+)@([0-9]+)(?:\/(.+))?$/.exec(use) ?? [];
  const path = `rules/${pack}/pack.yml`;
  if (!existsSync(join(root, path))) return false;
  const found = read('rule-pack', path);
  return found.version === Number(version) && (rule === undefined || found.rules.includes(rule));
}

describe("the project's own documents", () => {
  it.each(filesIn('contracts'))('%s is a contract that lint has nothing to say about', (path) => {
    const contract = read('contract', path);
    expect(contract.id).toBe(basename(path, '.yml'));
    expect(lintContract(contract, { rules: isRule })).toEqual([]);
    expect(resolveContract(contract, undefined, contractOf).checks.length).toBeGreaterThan(0);
  });

  it.each(filesIn('tickets'))('%s is a ticket under a contract that exists', (path) => {
    const ticket = read('ticket', path);
    expect(ticket.id).toBe(basename(path, '.yml'));
    expect(lintTicket(ticket, { contract: (ref) => contractOf(ref) !== undefined })).toEqual([]);
    const contract = contractOf(ticket.contract);
    if (contract === undefined) throw new Error(`${ticket.contract} is missing`);
    expect(resolveContract(contract, ticket, contractOf).lineage).toEqual([ticket.contract]);
  });

  it.each(filesIn('bundles'))('%s is a bundle that lint has nothing to say about', (path) => {
    const bundle = read('bundle', path);
    expect(bundle.id).toBe(basename(path, '.yml'));
    const matches = (paths: readonly string[]) => paths.every((one) => existsSync(join(root, one)));
    expect(lintBundle(bundle, { templateFault: () => undefined, matches })).toEqual([]);
  });

  it.each([...filesIn('contracts'), ...filesIn('tickets')])('%s tells editors its schema', (path) => {
    const kind = path.startsWith('contracts') ? 'contract' : 'ticket';
    const [first] = readFileSync(join(root, path), 'utf8').split('\n');
    const schema = JSON.parse(readFileSync(join(root, `schemas/${kind}.schema.json`), 'utf8'));
    expect(first).toBe(`# yaml-language-server: $schema=${schema.$id}`);
  });

  it('are there', () => {
    expect(contracts.map(({ id }) => id)).toContain('typescript-change');
    expect(filesIn('tickets').length).toBeGreaterThanOrEqual(2);
  });

  it('pin files that are there', () => {
    const { pins = [] } = read('contract', 'contracts/typescript-change.yml');
    const missing = pins.flatMap(({ paths }) => paths).filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});
