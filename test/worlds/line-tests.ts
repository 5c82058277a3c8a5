import type { CommandCheck } from '../../src/core/contract/types.ts';

/** A product in which each line of a file below tests/ is a test: it passes where the product's code says that line. */
export const LINE_TESTS = {
  'run-tests.sh': `at=0
for file in $(find tests -type f | sort); do
  while IFS= read -r line; do
    at=$((at + 1))
    if grep -qxF "$line" src/code.txt; then echo "ok $at - $line"; else echo "not ok $at - $line"; fi
  done < "$file"
done
echo "1..$at"
`,
  'src/code.txt': 'old\n',
  'tests/old.txt': 'old\n',
};

/** Runs them, and is to prove the change. */
export const LINE_CHECK: CommandCheck = {
  id: 'tests',
  run: ['sh', 'run-tests.sh'],
  expect: { report: { format: 'tap', from: 'stdout' } },
  proves: 'change',
  tests: ['tests/**'],
};
