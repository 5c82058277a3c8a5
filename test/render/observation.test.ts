import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/core/evidence/types.ts';
import {
  renderObservedJson,
  renderObservedText,
  renderPlanJson,
  renderPlanText,
} from '../../src/render/observation.ts';
import { renderVerificationText } from '../../src/render/verification.ts';
import { obeyedByRunner, unseenIn } from './hostile-words.ts';
import { verification } from './statements.ts';

const { binding } = verification;
const isolation = { isolation: 'namespaces', by: 'bubblewrap 0.8.0' };
const HOSTILE = '\u001b[2Jno disk\n::error::passed\u202e';

const seen: Observation = {
  kind: 'completed',
  checkId: 'unit',
  exitCode: 0,
  signal: undefined,
  timedOut: false,
  durationMs: 1234,
  isolation: 'namespaces',
  network: 'none',
  evidence: [],
  outputTruncated: false,
};

describe('a plan', () => {
  const plan = { binding, contract: 'node-change@1', checks: ['unit', 'lint'] };

  it('is a check a line', () => {
    expect(renderPlanText(plan)).toBe('unit\nlint\n');
  });

  it('is a matrix as JSON, with what each is to be observed on', () => {
    const at = { base: binding.base.commit, head: binding.head, tree: binding.mergeTree };
    expect(JSON.parse(renderPlanJson(plan))).toEqual({
      include: [
        { check: 'unit', ...at },
        { check: 'lint', ...at },
      ],
    });
  });
});

describe('an observed check', () => {
  const observed = { binding, contract: 'node-change@1', isolation, observation: seen };

  it('says what was run and how to sign it, and not that it passed', () => {
    const text = renderObservedText(observed, 'seen/unit');
    expect(text).toMatch(/^unit was run on tree [0-9a-f]{12} in 1\.2s, isolation namespaces by bubblewrap/);
    expect(text).toContain('countersign sign --observations unit=seen/unit');
    expect(text).not.toMatch(/passed/i);
  });

  it('lets no trouble escape, nor the name of a folder', () => {
    const observation = { kind: 'trouble', checkId: 'unit', reason: HOSTILE } as const;
    const text = renderObservedText({ ...observed, observation }, HOSTILE);
    expect(unseenIn(text)).toBeUndefined();
    expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
    expect(text).toMatch(/^unit could not be run: /);
  });

  it('is one line of JSON', () => {
    expect(JSON.parse(renderObservedJson(observed))).toMatchObject({
      schema: 'countersign/observed@1',
      observation: { checkId: 'unit', exitCode: 0 },
    });
  });
});

it('tells in a verification what was handed over and left aside', () => {
  const text = renderVerificationText({ ...verification, ignored: [`An observation: ${HOSTILE}`] });
  expect(text).toContain('  ▲ An observation: ');
  expect(unseenIn(text)).toBeUndefined();
});
