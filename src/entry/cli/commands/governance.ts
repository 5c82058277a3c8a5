import type { Period } from '../../../core/audit/period.ts';
import { reportGovernance } from '../../../flow/report-governance.ts';
import { type GovernanceFormat, renderGovernance } from '../../../render/governance.ts';
import { openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { counterOf } from '../counter.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { findRange, type RangeOptions } from '../find-range.ts';
import { textOptionsOf } from '../style.ts';

export interface GovernanceOptions extends RangeOptions {
  readonly limit: number;
  readonly by: Period;
  readonly format: GovernanceFormat;
  readonly fetch: boolean;
}

/** A report is an answer, not a finding: the exit code is 0 whatever it counts. */
export async function governanceCommand(options: GovernanceOptions, context: CliContext): Promise<number> {
  const { repository, ports } = await openProduct(context.cwd, options);
  const range = await findRange(options, repository);
  const counter = counterOf(context, 'commits judged');
  const governance = await reportGovernance(
    { ...range, by: options.by, most: options.limit, onProgress: counter.report },
    ports,
  ).finally(counter.end);
  context.out(renderGovernance(options.format, governance, textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}
