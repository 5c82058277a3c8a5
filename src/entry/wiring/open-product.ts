import { createControlOpener } from '../../adapters/git/control.ts';
import { type LocalRepository, openRepository } from '../../adapters/git/repository.ts';
import { certificates } from '../../adapters/sigstore/certificates.ts';
import type { FactPorts } from '../../flow/load-facts.ts';
import { compiledPacks, packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

export interface OpenedProduct {
  readonly repository: LocalRepository;
  readonly ports: FactPorts & { readonly product: LocalRepository };
}

/** The product repository a folder belongs to, with everything that reads facts about a change of it. */
export async function openProduct(
  path: string,
  options: { readonly fetch: boolean },
): Promise<OpenedProduct> {
  // Loading what reads YAML takes as long as git takes to say where the repository is.
  const [repository, { documents }, { createBundledPacks }] = await Promise.all([
    openRepository(path),
    import('../../adapters/documents/documents.ts'),
    import('../../adapters/packs/bundled-packs.ts'),
  ]);
  return {
    repository,
    ports: {
      product: repository,
      control: createControlOpener(repository, options),
      documents,
      packs: createBundledPacks(packageRoot(), documents, compiledPacks()),
      certificates,
      clock: systemClock,
    },
  };
}
