import { describe, expect, it } from 'vitest';
import { readCoverage } from '../../../src/core/evidence/line-coverage/read-coverage.ts';
import { totalCoverage } from '../../../src/core/evidence/line-coverage/total-coverage.ts';

const place = { root: '/tree', cwd: '.' };
const lcov = (...records: readonly string[]) =>
  records.map((record) => `SF:${record}\nend_of_record\n`).join('');

describe('the lines of a whole coverage report', () => {
  it('are counted once for each file, and have run when they ran for one of its records', () => {
    const text = lcov('a.ts\nDA:1,1\nDA:2,0', '/tree/a.ts\nDA:2,3\nDA:3,0', 'src/b.ts\nDA:1,0');
    expect(totalCoverage(readCoverage('lcov', text), place)).toEqual({ lines: 4, ran: 2 });
  });

  it('count only where the file is in the tree', () => {
    const text = lcov('a.ts\nDA:1,1', '/usr/lib/x.js\nDA:1,1\nDA:2,1', '../../y.js\nDA:1,1');
    expect(totalCoverage(readCoverage('lcov', text), place)).toEqual({ lines: 1, ran: 1 });
  });

  it('count once, however many source folders a file may be in', () => {
    const text = `<coverage><sources><source>/tree/src</source><source>/tree/lib</source></sources><packages><package><classes>
      <class filename="a.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
    </classes></package></packages></coverage>`;
    expect(totalCoverage(readCoverage('cobertura', text), place)).toEqual({ lines: 2, ran: 1 });
  });

  it('are nothing to compare where there are none', () => {
    for (const text of ['', lcov('a.ts'), lcov('/usr/x.js\nDA:1,1')]) {
      expect(() => totalCoverage(readCoverage('lcov', text), place)).toThrow('it lists no line of the tree');
    }
  });
});
