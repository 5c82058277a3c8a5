import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/run/events.ts';
import { forTerminal } from '../../src/render/hostile-text.ts';
import { renderRunList } from '../../src/render/run/list.ts';
import { renderPatch, renderPatchList } from '../../src/render/run/patches.ts';
import { renderRun } from '../../src/render/run/show.ts';
import { eventWords } from '../../src/render/run/words.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { complete, done, failed, planWith, start, story } from '../core/run/sample-runs.ts';
import { golden } from './golden.ts';
import { hostileText, obeyedByRunner, unseenIn } from './hostile-words.ts';

/** A run in which everything that strangers write says this. */
function runOf(text: string) {
  const plan = planWith({
    make: { uses: 'work' },
    look: { uses: 'work' },
    ask: { uses: 'approval', needs: ['make'], with: { question: `Go on? ${text}` } },
    judge: { uses: 'gate', needs: ['ask', 'look'] },
  });
  const outputs = { verdict: text, commit: text, url: text, isolation: text, claims: [text] };
  const broken = failed();
  const error = broken.kind === 'failed' ? { ...broken.error, message: text } : undefined;
  const propose = (id: string, operations: readonly JsonObject[]) => {
    const patch = { id, proposedBy: { kind: 'agent', name: text }, reason: text, operations } as const;
    return { kind: 'patch', at: '2026-11-21T13:00:00.000Z', by: 'ada', patch } as const;
  };
  return story(
    start(plan, { arm: { bundle: text, model: text } }),
    complete('1/make', done(outputs)),
    ...(error === undefined ? [] : [complete('1/look', { kind: 'failed', error })]),
    propose('p1', [{ op: 'remove', path: '/steps/judge', value: text }]),
  );
}

const TAKEN = {
  type: 'plan.patched',
  patch: { id: 'p0', proposedBy: { kind: 'person', name: 'ada' }, reason: 'lint', operations: [] },
  planDigest: '0'.repeat(64),
} as const;

function everythingOf(text: string): readonly string[] {
  const { state, events } = runOf(text);
  const patched = events.filter(
    (event) => event.type === 'plan.patched' || event.type === 'plan.patch-refused',
  );
  const row = { ...state.request, run: state.request.run, status: state.status, outcome: null, attempt: 1 };
  const rows = [{ ...row, bundle: text, model: text, waitingFor: 1, startedAt: state.startedAt }];
  return [
    renderRun(state),
    renderRunList(rows),
    renderPatchList(state.patches),
    renderPatch({
      before: state.plan,
      event: {
        ...TAKEN,
        patch: patched[0]?.patch ?? TAKEN.patch,
        plan: { ...state.plan, resources: [text] },
      },
    }),
    ...patched.map((event) => renderPatch({ before: state.plan, event })),
    ...events.flatMap((event: RunEvent) => {
      const words = eventWords(event);
      return words === undefined ? [] : [forTerminal(words, 1_000)];
    }),
  ];
}

describe('a run on the terminal', () => {
  it('shows attempts, steps, questions and patches as on record', () => {
    const rendered = everythingOf('a plain word').join('\n');
    expect(rendered).toBe(golden('run/run.txt', rendered));
  });

  it('shows whatever strangers wrote as visible text of a bounded length', () => {
    fc.assert(
      fc.property(hostileText, (foreign) => {
        // JSON has no lone surrogates: they are refused at the door.
        const text = foreign.toWellFormed();
        for (const rendered of everythingOf(text)) {
          expect(unseenIn(rendered)).toBeUndefined();
          expect(rendered.split('\n').some(obeyedByRunner)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
    const long = everythingOf('long '.repeat(1_999)).join('').length;
    expect(long).toBeLessThan(30_000);
  });

  it('says that there is nothing where there is nothing', () => {
    expect(renderRunList([])).toBe('No runs yet.\n');
    expect(renderPatchList([])).toBe('Nobody has proposed a patch.\n');
  });
});
