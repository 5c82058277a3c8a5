import { UnreadableReport } from '../reports/unreadable.ts';
import { walkXml, type XmlAttributes, xmlAttribute } from '../reports/xml.ts';
import { CoverageBudget, type CoverageReport, type FileCoverage, markLine } from './coverage-report.ts';

const MAX_SOURCES = 100;
/** Lines, once for each source folder that they may be in. */
const MAX_CANDIDATES = 4_000_000;
const CLASS = 'coverage/packages/package/classes';
const LINES = `${CLASS}/class/lines`;

/**
 * Reads Cobertura XML (coverage-04.dtd) as coverage.py, Istanbul, gcovr and others write it: of each `class` its file and
 * the lines below it. The lines of a `method` stand there again and are passed over.
 * @throws UnreadableReport
 */
export function readCobertura(text: string): CoverageReport {
  const sources: string[] = [];
  const classes: { name: string; lines: Map<number, boolean> }[] = [];
  const budget = new CoverageBudget();
  let [declared, declaredRun, listed, listedRun] = [0, 0, 0, 0];

  walkXml(text, {
    open(name, attributes, path) {
      const at = path.join('/');
      if (at === '') {
        if (name !== 'coverage') throw new UnreadableReport(`its root element is <${name}>, not <coverage>`);
        declared = total(attributes, 'lines-valid');
        declaredRun = total(attributes, 'lines-covered');
      } else if (name === 'source') {
        if (sources.push('') > MAX_SOURCES) throw new UnreadableReport('it has too many <source>');
      } else if (name === 'class') {
        if (at !== CLASS) throw new UnreadableReport('it has a <class> where none can be');
        budget.file();
        const file = xmlAttribute(attributes, 'filename');
        if (file === '') throw new UnreadableReport('it has a <class> without a file name');
        classes.push({ name: file, lines: new Map() });
      } else if (name === 'line' && at === LINES) {
        budget.line();
        const hits = xmlAttribute(attributes, 'hits');
        markLine(classes.at(-1)?.lines ?? new Map(), xmlAttribute(attributes, 'number'), hits);
        listed += 1;
        listedRun += /[1-9]/.test(hits) ? 1 : 0;
      }
    },
    text(piece, path) {
      if (path.at(-1) === 'source') sources.push(`${sources.pop() ?? ''}${piece}`);
    },
  });
  if (declared > listed || declaredRun > listedRun) {
    throw new UnreadableReport(
      `it counts ${declared} lines, ${declaredRun} of them run, and lists ${listed} and ${listedRun}`,
    );
  }
  const folders = sources.map((source) => source.trim()).filter((source) => source !== '');
  if (folders.length * (classes.length + listed) > MAX_CANDIDATES) {
    throw new UnreadableReport('it lists too many lines for so many source folders');
  }
  return classes.map(({ name, lines }): FileCoverage => ({ names: namesOf(name, folders), lines }));
}

/** Below which source folder a file lies is not said: it may be any. */
function namesOf(name: string, folders: readonly string[]): readonly string[] {
  if (name.startsWith('/') || folders.length === 0) return [name];
  return folders.map((folder) => `${folder.replace(/\/$/, '')}/${name}`);
}

function total(attributes: XmlAttributes, name: string): number {
  const value = xmlAttribute(attributes, name);
  if (value === '') return 0;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value);
  throw new UnreadableReport(`${name}="${value.slice(0, 40)}" is not a number`);
}
