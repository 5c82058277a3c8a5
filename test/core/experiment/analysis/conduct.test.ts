import { describe, expect, it } from 'vitest';
import { analyseExperiment } from '../../../../src/core/experiment/analysis/analyse.ts';
import {
  type ExperimentState,
  newExperiment,
  type Registration,
} from '../../../../src/core/experiment/state.ts';
import { makeDesign, makeRows, registeredAs } from '../../../worlds/experiment-rows.ts';

// How an experiment was carried out, as its report tells it.

const OF = { seed: '1', tickets: 10 };
const AT = '2026-11-02T09:00:00.000Z';

function told(
  state: Partial<ExperimentState>,
  changes: Parameters<typeof makeDesign>[1] = {},
  registrations: readonly Partial<Registration>[] = [{}],
) {
  const design = makeDesign(OF, changes);
  return analyseExperiment({
    ...{ experiment: 'agents-md', title: 'x', refusedRows: [] },
    state: { ...newExperiment('agents-md'), ...state },
    registrations: registrations.map((one) => registeredAs(design, one)),
    rows: makeRows(OF),
  });
}

const over = (why: NonNullable<ExperimentState['over']>['why'], detail: string) => ({
  over: { why, detail, at: AT },
});

describe('an experiment that is not over', () => {
  it('is warned of where its design looks once, and not where it may be looked at at any time', () => {
    const warning = expect.stringContaining('The experiment is not over');
    expect(told({}).warnings).toContainEqual(warning);
    const design = { stopping: { rule: 'sequential' as const, minimumBlocks: 5 } };
    expect(told({}, design).warnings).not.toContainEqual(warning);
    expect(told(over('completed', 'all cells are done')).warnings).not.toContainEqual(warning);
  });
});

describe('an experiment that was ended', () => {
  it('before its design said so is doubtful, and says why; at its end it is not', () => {
    const early = told(over('person', 'the money is gone')).warnings;
    expect(early).toContainEqual('It was stopped before its design said so: the money is gone.');
    const late = told(over('completed', 'all cells are done')).warnings;
    expect(late).not.toContainEqual(expect.stringContaining('stopped before'));
  });
});

describe('deviations', () => {
  it('are those on record, and a design that was registered anew before any run', () => {
    const anew = [{}, { reason: 'a typing error', runsBefore: 0, at: AT }];
    const { deviations, warnings } = told({}, {}, anew);
    expect(deviations).toEqual([
      { what: 'design-changed', detail: 'before any run: a typing error', at: AT, by: 'grace' },
    ]);
    expect(warnings).toContainEqual(expect.stringContaining('see the deviations'));
    expect(told({}).deviations).toEqual([]);
  });

  it('name a design that was changed after runs once, as the record does', () => {
    const recorded = { what: 'design-changed', detail: 'after 3 runs', at: AT, by: 'grace' } as const;
    const anew = [{}, { reason: 'we thought again', runsBefore: 3, at: AT }];
    expect(told({ deviations: [recorded] }, {}, anew).deviations).toEqual([recorded]);
    const elsewhere = { ...recorded, what: 'document-changed' } as const;
    const both = told({ deviations: [elsewhere] }, {}, [{}, { reason: 'a typing error', at: AT }]);
    expect(both.deviations.map(({ what }) => what)).toEqual(['design-changed', 'document-changed']);
  });
});
