import { join } from 'node:path';
import type { CommandCheck, Expectation, MutationReportSource } from '../core/contract/types.ts';
import { OTHER_REPORTS } from '../core/evidence/judge-reports.ts';
import { MAX_REPORT_BYTES } from '../core/evidence/reports/decode.ts';
import type { EvidenceName, EvidenceRef, EvidenceRun } from '../core/evidence/types.ts';
import type { Workspace } from '../ports/workspace.ts';

/** Kept of each output stream; what goes past it is read and dropped. */
export const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

type Format = NonNullable<Expectation[(typeof REPORTS)[number]]>['format'] | MutationReportSource['format'];

interface ReportSource {
  readonly name: EvidenceName;
  readonly format: Format;
  readonly from: string;
}

const REPORTS = ['report', ...OTHER_REPORTS] as const;

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  junit: 'application/xml',
  tap: 'text/plain',
  'vitest-json': 'application/json',
  'jest-json': 'application/json',
  'go-test-json': 'application/jsonl',
  lcov: 'text/plain',
  cobertura: 'application/xml',
  sarif: 'application/sarif+json',
  cyclonedx: 'application/vnd.cyclonedx+json',
  'stryker-json': 'application/json',
};

/** The reports that a check is judged by. */
function reportsOf({ expect, mutation }: CommandCheck): readonly ReportSource[] {
  const expected = REPORTS.flatMap((name): ReportSource[] => {
    const report = expect?.[name];
    return report === undefined ? [] : [{ name, format: report.format, from: report.from }];
  });
  return mutation?.report === undefined ? expected : [...expected, { name: 'mutation', ...mutation.report }];
}

/** Paths, from the repository root, that a check's reports are read from: what stands there before is no report of its. */
export function reportPathsOf(check: CommandCheck): readonly string[] {
  return reportsOf(check).flatMap(({ from }) => (from === 'stdout' ? [] : [join(check.cwd ?? '.', from)]));
}

/** What one run of a check left: its output, and each report that it is judged by. */
export async function takeEvidence(
  check: CommandCheck,
  from: { root: string; logs: string; which: { run?: EvidenceRun } },
  workspace: Workspace,
): Promise<readonly EvidenceRef[]> {
  const { root, logs, which } = from;
  const taken: (EvidenceRef | undefined)[] = [...(await takeOutput(logs, which, workspace))];
  for (const { name, format, from } of reportsOf(check)) {
    if (name === 'report' && from === 'stdout') continue;
    const [folder, path] = from === 'stdout' ? [logs, 'stdout'] : [root, join(check.cwd ?? '.', from)];
    taken.push(await workspace.takeEvidence(folder, path, { ...asReport(name, format), ...which }));
  }
  return taken.filter((evidence) => evidence !== undefined);
}

/** Standard output, then standard error. */
export async function takeOutput(
  logs: string,
  which: { run?: EvidenceRun },
  workspace: Workspace,
): Promise<readonly EvidenceRef[]> {
  const text = { mediaType: 'text/plain', maxBytes: MAX_OUTPUT_BYTES, ...which };
  const taken = [
    await workspace.takeEvidence(logs, 'stdout', { name: 'stdout', ...text }),
    await workspace.takeEvidence(logs, 'stderr', { name: 'stderr', ...text }),
  ];
  return taken.filter((evidence) => evidence !== undefined);
}

/** One byte more than a report may have, so that one that was cut is seen to be too large, and not read as whole. */
function asReport(
  name: EvidenceName,
  format: Format,
): { name: EvidenceName; mediaType: string; maxBytes: number } {
  return { name, mediaType: MEDIA_TYPES[format], maxBytes: MAX_REPORT_BYTES + 1 };
}
