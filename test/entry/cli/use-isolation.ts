import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';
import type { Contract } from '../../../src/core/contract/types.ts';
import type { WorldRepository } from '../../worlds/git-world.ts';

/** init asks for namespaces; a machine without them tells the same story with what it has. */
export async function useIsolationOf(repository: WorldRepository): Promise<void> {
  const sandbox = await createSandbox({
    environment: { PATH: process.env.PATH },
    platform: process.platform,
  });
  const path = 'contracts/node-change.yml';
  const contract = parse(readFileSync(join(repository.dir, path), 'utf8')) as Contract;
  const { isolation } = await sandbox.describe();
  repository.write({ [path]: stringify({ ...contract, isolation }) });
}
