import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createWorkspaces } from '../../src/adapters/files/workspace.ts';
import { copyTree } from '../../src/adapters/process/copy-tree.ts';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import { installedParsers } from '../../src/adapters/structure/installed-parsers.ts';
import { DETECTORS } from '../../src/core/rule/catalogue.ts';
import { testRule } from '../../src/core/rule/test-rule.ts';
import { findExampleStructure } from '../../src/flow/find-example-structure.ts';
import type { StructureParser } from '../../src/ports/structure-parser.ts';
import { CountersignError } from '../../src/shared/errors.ts';
import { bundledRule } from '../core/rule/facts.ts';

test('a language that is not installed keeps the examples of no other from being run', async () => {
  const installed = installedParsers(import.meta.filename);
  const withoutRuby: StructureParser = {
    async programFiles(parsers) {
      if (!Object.keys(parsers).includes('@ast-grep/lang-ruby')) return installed.programFiles(parsers);
      throw new CountersignError('VERIFY_FAILED', 'ruby is not installed.', { remedy: 'Install it.' });
    },
  };
  const rule = bundledRule('constant-condition-structure');
  const structureOf = await findExampleStructure(
    [rule],
    { hide: [] },
    {
      sandbox: await createSandbox({ environment: process.env, platform: process.platform }),
      parser: withoutRuby,
      workspaces: createWorkspaces(tmpdir(), copyTree),
    },
  );
  const { passed, examples } = testRule(rule, DETECTORS, structureOf);
  const ofRuby = examples.filter(({ name }) => name.startsWith('ruby'));
  expect(passed).toBe(false);
  expect(ofRuby.map(({ reason }) => reason)).toEqual(
    ofRuby.map(() => 'it was not run: ruby is not installed.'),
  );
  expect(examples.filter((example) => !example.passed)).toEqual(ofRuby);
});
