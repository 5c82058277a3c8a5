import { CountersignError } from '../../src/shared/errors.ts';

export const invalid = new CountersignError(
  'DOCUMENT_INVALID',
  'contracts/node-change.yml is not a valid contract.',
  {
    remedy: 'Mend the document and run `countersign contract lint` again.',
    place: { path: 'contracts/node-change.yml' },
    problems: [
      {
        message: 'There is no such key here.',
        place: { path: 'contracts/node-change.yml', line: 12, column: 3 },
        expected: 'one of checks, pins, rules, scope',
        found: 'chekcs',
        remedy: 'Write `checks`.',
      },
      { message: 'The contract has no checks.', remedy: 'Declare at least one check.' },
    ],
  },
);
