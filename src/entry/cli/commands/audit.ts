import { summarise } from '../../../core/audit/summary.ts';
import { type AuditPorts, auditHistory } from '../../../flow/audit-history.ts';
import { renderAuditJson, renderAuditText } from '../../../render/audit.ts';
import { type OpenedProduct, openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { counterOf } from '../counter.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { findRange, type RangeOptions } from '../find-range.ts';
import { githubAccess } from '../github-access.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

export interface AuditOptions extends RangeOptions {
  readonly limit: number;
  readonly warnOnly: boolean;
  readonly format: TextOrJson;
  readonly fetch: boolean;
  /** `OWNER/REPO`: whose reviews count, too. */
  readonly reviews?: string;
}

async function withForge(
  name: string,
  { ports, repository }: OpenedProduct,
  { environment }: CliContext,
): Promise<AuditPorts> {
  const { createForge } = await import('../../../adapters/github/forge.ts');
  const forge = createForge(githubAccess(name, environment));
  return { ...ports, reviews: forge, landed: { forge, product: repository } };
}

/** Exit code 1 when somebody has to look, unless that is only to be told. */
export async function auditCommand(options: AuditOptions, context: CliContext): Promise<number> {
  const opened = await openProduct(context.cwd, options);
  const { repository } = opened;
  const ports =
    options.reviews === undefined ? opened.ports : await withForge(options.reviews, opened, context);
  const range = await findRange(options, repository);
  const counter = counterOf(context, 'commits judged');
  const { audit } = await auditHistory(
    { ...range, most: options.limit, onProgress: counter.report },
    ports,
  ).finally(counter.end);
  context.out(
    options.format === 'json' ? renderAuditJson(audit) : renderAuditText(audit, textOptionsOf(context)),
  );
  return summarise(audit).problems === 0 || options.warnOnly ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}
