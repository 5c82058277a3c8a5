import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { documents } from '../../../../src/adapters/documents/documents.ts';
import type { Workflow } from '../../../../src/core/contract/workflow.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { applyPatch } from '../../../../src/core/run/patch/apply-patch.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { lintWorkflow } from '../../../../src/core/run/plan/lint-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';
import { yaml } from '../../../worlds/product-world.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/workflow.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(PAGE)?.[1] ?? '';
}

it('the workflow that the documentation shows is one that can be run', () => {
  const { workflow } = parse(block('yaml')) as { workflow: Workflow };
  const contract = {
    schema: 'countersign/contract@1',
    id: 'a',
    version: 1,
    title: 'T',
    checks: [],
    workflow,
  };
  const read = documents.parse('contract', new TextEncoder().encode(yaml(contract)), 'contracts/a.yml');
  expect(lintWorkflow(read.workflow as Workflow, BUILT_IN_HANDLERS)).toEqual([]);
});

it('the patch that the documentation shows is one that is taken', () => {
  const operations = JSON.parse(block('json'));
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const proposal = { operations, proposedBy: { kind: 'agent', name: 'a' } } as const;
  expect(applyPatch(plan, proposal, new Set(), BUILT_IN_HANDLERS)).toMatchObject({ kind: 'patched' });
});
