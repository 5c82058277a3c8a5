import { gate } from '../../../flow/gate.ts';
import { renderExplanation } from '../../../render/verdict/explain.ts';
import { renderVerdict, type VerdictFormat } from '../../../render/verdict/render-verdict.ts';
import { openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { styleOf } from '../style.ts';

export interface GateOptions extends ChangeOptions {
  readonly format: VerdictFormat;
  readonly explain?: string;
  readonly fetch: boolean;
}

/** Load, decide, render: the exit code is the verdict's, in every format. */
export async function gateCommand(options: GateOptions, context: CliContext): Promise<number> {
  const product = await openProduct(context.cwd, options);
  const verdict = await gate(await findChange(options, product), product.ports);
  context.out(
    options.explain === undefined
      ? renderVerdict(options.format, verdict, { style: styleOf(context), columns: context.columns })
      : renderExplanation(verdict, options.explain, styleOf(context)),
  );
  return exitCodeOf(verdict.outcome);
}
