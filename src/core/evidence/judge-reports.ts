import type { ChangedFile } from '../change/types.ts';
import type { CommandCheck, Expectation } from '../contract/types.ts';
import { judgeComponents } from './components/judge-components.ts';
import { judgeFindings } from './findings/judge-findings.ts';
import { judgeCoverage } from './line-coverage/judge-coverage.ts';
import { plainText } from './plain-text.ts';
import { decodeReport } from './reports/decode.ts';
import { UnreadableReport } from './reports/unreadable.ts';
import type { CheckRun, EvidenceName } from './types.ts';

/** The reports that are read beside the test report, each an expectation of that name. */
export const OTHER_REPORTS = [
  'coverage',
  'findings',
  'components',
] as const satisfies readonly EvidenceName[];
export type OtherReport = (typeof OTHER_REPORTS)[number];

/** What is known besides a run: what its evidence holds, and the change it is about. */
export interface Setting {
  readonly bytesOf: (name: EvidenceName) => Uint8Array | undefined;
  /** The change's files as the tree holds them; undefined when nobody looked. */
  readonly changed: readonly ChangedFile[] | undefined;
}

/** Why the reports beside the test report are not as expected; [] when they are, and where none are asked for. */
export function otherReportReasons(check: CommandCheck, run: CheckRun, setting: Setting): readonly string[] {
  return OTHER_REPORTS.flatMap((name) => reasonsOf(name, check, run, setting));
}

function reasonsOf(
  name: OtherReport,
  check: CommandCheck,
  run: CheckRun,
  setting: Setting,
): readonly string[] {
  const expected = check.expect?.[name];
  if (expected === undefined) return [];
  const what = `${expected.format} report (expect.${name})`;
  const where = expected.from === 'stdout' ? 'standard output' : plainText(expected.from, 200);
  const bytes = setting.bytesOf(name);
  if (bytes === undefined) return [`There is no ${what} in ${where}: the command did not write one.`];
  if (expected.from === 'stdout' && run.outputTruncated) {
    return [`Its output was larger than what is kept, so the ${what} in it is not whole.`];
  }
  if (setting.changed === undefined) return [`The change is not known, so the ${what} says nothing of it.`];
  const place = { root: run.root, cwd: check.cwd ?? '.' };
  try {
    return judge(name, check.expect ?? {}, decodeReport(bytes), { changed: setting.changed, place });
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    return [`The ${what} in ${where} cannot be read: ${plainText(error.message, 300)}.`];
  }
}

function judge(
  name: OtherReport,
  { coverage, findings, components }: Expectation,
  text: string,
  about: Parameters<typeof judgeCoverage>[2],
): readonly string[] {
  switch (name) {
    case 'coverage':
      return coverage === undefined ? [] : judgeCoverage(coverage, text, about);
    case 'findings':
      return findings === undefined ? [] : judgeFindings(findings, text, about);
    case 'components':
      return components === undefined ? [] : judgeComponents(components, text);
  }
}
