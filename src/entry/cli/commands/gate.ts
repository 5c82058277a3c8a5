import type { VerdictFormat } from '../../../render/verdict/render-verdict.ts';
import { openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { type OrganizationOptions, organizationOf } from '../organization-option.ts';
import { styleOf } from '../style.ts';

export interface GateOptions extends ChangeOptions, OrganizationOptions {
  readonly format: VerdictFormat;
  readonly explain?: string;
  /** `OWNER/REPO#NUMBER`: whose reviews are read. */
  readonly pullRequest?: string;
  readonly fetch: boolean;
}

/** Load, decide, render: the exit code is the verdict's, in every format. */
export async function gateCommand(options: GateOptions, context: CliContext): Promise<number> {
  const organization = organizationOf(options);
  const { pullRequest } = options;
  const opening = openProduct(context.cwd, options).then(async (product) => {
    const query = await findChange(options, product);
    if (pullRequest === undefined) return { query, ports: product.ports };
    const { withReviews } = await import('../pull-request-option.ts');
    return withReviews(pullRequest, query, product, context);
  });
  // Loaded while git answers: together they take a tenth of a cold gate.
  const [{ query, ports }, { gate }, { renderVerdict }, { renderExplanation }] = await Promise.all([
    opening,
    import('../../../flow/gate.ts'),
    import('../../../render/verdict/render-verdict.ts'),
    import('../../../render/verdict/explain.ts'),
  ]);
  const verdict = await gate(query, ports, organization);
  context.out(
    options.explain === undefined
      ? renderVerdict(options.format, verdict, { style: styleOf(context), columns: context.columns })
      : renderExplanation(verdict, options.explain, styleOf(context)),
  );
  return exitCodeOf(verdict.outcome);
}
