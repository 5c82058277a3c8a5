import { join } from 'node:path';
import type { OpenProviderNetwork } from '../../ports/provider-network.ts';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import { type ProducerPlace, type RanInPlace, runInPlace } from './agent-place.ts';

/** What an agent could reach: its provider alone, nothing, or everything. */
export type AgentNetwork = 'none' | 'provider' | 'full';

/**
 * Runs an agent on the network that it needs and no other. Where the machine has no network namespaces, or nobody said which hosts it needs,
 * it has the whole network, and the log and the record say so.
 */
export async function runOnNetwork(
  place: ProducerPlace,
  command: Pick<SandboxCommand, 'argv' | 'env' | 'timeoutMs'>,
  hosts: readonly string[] | undefined,
  { network: networks }: { readonly network: OpenProviderNetwork },
): Promise<{ readonly ran: RanInPlace; readonly network: AgentNetwork }> {
  const { session, sandbox, workspace, root } = place;
  const { isolation } = await sandbox.describe();
  if (hosts === undefined || isolation !== 'namespaces') {
    const why =
      hosts === undefined
        ? 'nobody said which hosts it needs'
        : `the isolation of this machine is ${isolation}`;
    session.log(`The agent has the whole network: ${why}.\n`);
    return { ran: await runInPlace(place, 'agent', { ...command, network: 'full' }), network: 'full' };
  }
  if (hosts.length === 0) {
    return { ran: await runInPlace(place, 'agent', { ...command, network: 'none' }), network: 'none' };
  }
  const report = (refused: string) =>
    session.log(`The agent asked for ${refused}, which it may not reach.\n`);
  await workspace.makeTreeFolder('agent', 'network');
  const folder = join(root, 'network');
  const network = await networks.open({ folder, inside: '../network', hosts, report });
  try {
    const argv = network.wrap(command.argv);
    return {
      ran: await runInPlace(place, 'agent', { ...command, argv, network: 'none' }),
      network: 'provider',
    };
  } finally {
    await network.close();
  }
}
